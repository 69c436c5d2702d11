// Finding the settings of an address as it happens, and filling them in on the spot. Without this
// file the same buttons bring the same as a page.
"use strict";

{
  const panel = document.querySelector("[data-discovery]");
  const form = document.querySelector("[data-smtp]");
  const found = panel.querySelector("[data-lines-steps]");
  const result = panel.querySelector("[data-lines-result]");

  const put = (field, value) => {
    if (field && !field.disabled) field.value = value;
  };

  const check = (field, isOn) => {
    if (field && !field.disabled) field.checked = isOn;
  };

  const use = ({ host, forPort, forEncryption, signIn }) => {
    const role = form.elements.role.value;
    const named = (name) => form.querySelector(`[name="${role}-${name}"]`);
    check(named("active"), true);
    put(named("host"), host);
    check(form.querySelector(`[name="${role}-encryption"][value="${forEncryption}"]:not(:disabled)`), true);
    put(named("port"), forPort);
    check(named("requires_auth"), signIn !== undefined);
    if (signIn !== undefined) put(named("username"), signIn);
    say(panel.dataset.filled);
    const next = named("password");
    const place = signIn !== undefined && next && !next.disabled ? next : named("host");
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  };

  const prepare = () => {
    for (const choice of result.querySelectorAll("[data-choice]")) {
      choice.addEventListener("click", (event) => {
        event.preventDefault();
        use(choice.dataset);
      });
    }
  };

  const { say } = tellLines(panel, form, panel.querySelectorAll("[data-discover]"), {
    shown: (_line, _button, isStep) => { if (!isStep) prepare(); },
    // The servers that answered stand in the result then.
    ended: () => { found.hidden = true; },
  });
  prepare();
}
