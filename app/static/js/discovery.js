// Finding the settings of an address as it happens, and filling them in on the spot. Without this
// file the same buttons bring the same as a page.
"use strict";

{
  const panel = document.querySelector("[data-discovery]");
  const form = document.querySelector("[data-smtp]");
  const part = (name) => panel.querySelector(`[data-discovery-${name}]`);
  const [state, bar, live, result, cancel] = ["state", "progress", "live", "result", "cancel"].map(part);
  const button = panel.querySelector("[data-discover]");
  let running = null;
  let found = 0;

  const localized = (number) => String(number).replace(/\d/g, (d) => panel.dataset.digits[d]);

  const showCandidate = (line) => {
    bar.max = line.total;
    bar.value = line.done;
    if (line.state === "found") {
      found += 1;
      const item = document.createElement("li");
      const place = document.createElement("bdi");
      place.dir = "ltr";
      place.textContent = `${line.host}:${line.port}`;
      item.append(place);
      live.append(item);
    }
    const numbers = { done: line.done, total: line.total, found };
    bar.title = panel.dataset.progress.replace(/\{(\w+)\}/g, (_, name) => localized(numbers[name]));
    // Heard only when there is news: twenty numbers in a row would be noise.
    if (line.state === "found" || line.done === line.total) state.textContent = bar.title;
  };

  const complain = (message) => {
    state.textContent = message;
    state.classList.add("is-wrong");
  };

  const showErrors = (line) => {
    const [name] = Object.keys(line.errors ?? {});
    const field = name && form.querySelector(`[name="${CSS.escape(name)}"]`);
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };

  const showResult = (line) => {
    if (!line.html) {
      complain(line.message);
      showErrors(line);
      return;
    }
    // Our own page wrote and escaped it.
    const template = document.createElement("template");
    template.innerHTML = line.html;
    result.replaceChildren(template.content);
    prepare();
    result.querySelector("[data-discovery-heading]")?.focus();
  };

  const show = (text) => {
    if (!text.trim()) return;
    const line = JSON.parse(text);
    if (line.stage === "result") showResult(line); else showCandidate(line);
  };

  const read = async (body) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      lines.forEach(show);
    }
    show(rest);
  };

  const switchTo = (isRunning) => {
    for (const shown of [bar, live, cancel]) shown.hidden = !isRunning;
    button.disabled = isRunning;
    if (isRunning) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
  };

  const begin = () => {
    running = new AbortController();
    found = 0;
    live.replaceChildren();
    result.replaceChildren();
    bar.removeAttribute("value");
    state.textContent = panel.dataset.running;
    state.classList.remove("is-wrong");
    form.elements.sender_address.removeAttribute("aria-invalid");
    switchTo(true);
  };

  const run = async () => {
    const body = new URLSearchParams(new FormData(form));
    begin();
    try {
      const answer = await fetch(button.formAction.split("#")[0], {
        method: "POST",
        body,
        headers: { Accept: "application/x-ndjson" },
        credentials: "same-origin",
        signal: running.signal,
      });
      const type = answer.headers.get("Content-Type") ?? "";
      if (!type.startsWith("application/x-ndjson")) throw new Error(`unexpected ${answer.status}`);
      await read(answer.body);
    } catch (error) {
      if (error.name === "AbortError") state.textContent = panel.dataset.cancelled;
      else complain(panel.dataset.broken);
    } finally {
      running = null;
      switchTo(false);
    }
  };

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
    state.textContent = panel.dataset.filled;
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
    prepareCopying(result);
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (!running) run();
  });
  cancel.addEventListener("click", () => running?.abort());
  prepare();
}
