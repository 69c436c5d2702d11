// The connection test as it happens, and the fixes that it offers. Without this file the same
// buttons bring the same as a page.
"use strict";

{
  const panel = document.querySelector("[data-test-panel]");
  const form = document.querySelector("[data-smtp]");
  const steps = panel.querySelector("[data-lines-steps]");
  const state = panel.querySelector("[data-lines-state]");
  const result = panel.querySelector("[data-lines-result]");
  const isRunning = () => panel.classList.contains("is-running");
  let tested = "";

  const put = (name, value) => {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      field.closest("details")?.setAttribute("open", "");
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") field.checked = value !== "";
      else field.value = value;
    }
  };

  // What is believed is looked at first: its button waits for the tick.
  const prepareFixes = (fixes, again) => {
    for (const button of result.querySelectorAll("button[name=fix]")) {
      const { changes } = fixes.find((fix) => fix.value === button.value);
      const tick = button.closest(".belief")?.querySelector("[data-confirm]");
      if (tick) {
        button.disabled = true;
        tick.addEventListener("change", () => { button.disabled = !tick.checked; });
      }
      button.addEventListener("click", (event) => {
        event.preventDefault();
        if (isRunning()) return;
        for (const [name, value] of Object.entries(changes)) put(name, value);
        run(again);
      });
    }
  };

  const begun = (button) => {
    tested = button.dataset.test ?? "";
    panel.classList.remove("is-stale");
    tell(panel.dataset.running);
    // What an earlier answer found fault with is judged anew.
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const old of document.querySelectorAll(".smtp .field > .error, .notice.summary")) old.remove();
    panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };

  // Heard is one short line for what happened, and none for what was left out.
  const shown = (line, button, isStep) => {
    if (isStep) {
      if (line.state !== "skipped") tell(steps.lastElementChild.querySelector(".step-head > span").textContent);
    } else if (line.html) {
      say(button.textContent.trim());
      prepareFixes(line.fixes ?? [], button);
    }
  };

  // What was typed since then has not been tried: nothing green is left standing beside it.
  const grow = (event) => {
    const name = event.target.name ?? "";
    const isOfTest = name.startsWith(`${tested}-`) || name.startsWith("sender_");
    if (isRunning() || !tested || !isOfTest || !result.hasChildNodes()) return;
    panel.classList.add("is-stale");
    state.textContent = panel.dataset.stale;
  };

  const buttons = form.querySelectorAll("[data-test], [data-ports-of]");
  const { run, say, tell } = tellLines(panel, form, buttons, { begun, shown });
  form.addEventListener("input", grow);
}
