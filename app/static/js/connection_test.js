// The connection test as it happens: each line of the answer is one step. Without this file the
// same button brings the result as a page.
"use strict";

{
  const panel = document.querySelector("[data-test-panel]");
  const form = document.querySelector("[data-smtp]");
  const steps = panel.querySelector("[data-test-steps]");
  const state = panel.querySelector("[data-test-state]");
  const result = panel.querySelector("[data-test-result]");
  const cancel = panel.querySelector("[data-test-cancel]");
  const buttons = [...form.querySelectorAll("[data-test]")];
  const words = JSON.parse(panel.dataset.words);
  const looks = {
    passed: ["done", "check"],
    failed: ["fail", "cross"],
    warned: ["warn-step", "alert"],
    skipped: ["skip-step", "minus"],
  };
  let running = null;

  const made = (name) => panel.querySelector(`template[data-${name}]`).content.cloneNode(true);
  const localized = (number) => String(number).replace(/\d/g, (d) => panel.dataset.digits[d]);

  const showIcon = (part, name) => {
    for (const icon of part.querySelectorAll("[data-icon]")) {
      icon.hidden = icon.dataset.icon !== name;
    }
  };

  const showStep = (line) => {
    const part = made("step");
    const item = part.querySelector("li");
    const [look, icon] = looks[line.state];
    item.className = look;
    showIcon(item, icon);
    item.querySelector(".visually-hidden").textContent = `${words[line.state]}: `;
    item.querySelector("[data-title]").textContent = line.title;
    item.querySelector(".step-words").textContent = line.message;
    const time = item.querySelector(".ms");
    time.textContent = line.duration_ms ? panel.dataset.ms.replace("{}", localized(line.duration_ms)) : "";
    const wire = item.querySelector(".wire");
    wire.hidden = !line.reply;
    wire.textContent = line.reply;
    steps.append(part);
  };

  const mark = (name) => {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`) ?? document.getElementById(name);
    field?.setAttribute("aria-invalid", "true");
    return field;
  };

  const label = (field) => field?.labels?.[0]?.textContent.trim() ?? "";

  const showErrors = (list, errors) => {
    for (const [name, sentence] of Object.entries(errors ?? {})) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${name}`;
      link.textContent = label(mark(name)) || name;
      item.append(link, `: ${sentence}`);
      list.append(item);
    }
  };

  const showReports = (part, reports) => {
    const details = part.querySelector("[data-reports]");
    for (const [code, text] of Object.entries(reports ?? {})) {
      const report = made("report");
      report.querySelector(".report").lang = code;
      report.querySelector("pre").textContent = text;
      const button = report.querySelector("button");
      button.hidden = !navigator.clipboard;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text);
        button.querySelector("span").textContent = panel.dataset.done;
      });
      details.querySelector("div").append(report);
      details.hidden = false;
    }
  };

  const showResult = (line) => {
    const part = made("result");
    const notice = part.querySelector(".notice");
    const passed = line.state === "passed";
    notice.classList.add(passed ? "ok" : "bad");
    showIcon(notice, passed ? "check" : "alert");
    notice.querySelector(".result-words").textContent = line.message;
    showErrors(notice.querySelector(".result-errors"), line.errors);
    const place = notice.querySelector(".result-field");
    if (line.field && mark(line.field)) {
      place.hidden = false;
      place.querySelector("a").href = `#${line.field}`;
    }
    if (line.transcript?.length) {
      const transcript = part.querySelector("[data-transcript]");
      transcript.hidden = false;
      transcript.querySelector("pre").textContent = line.transcript.join("\n");
    }
    showReports(part, line.reports);
    result.replaceChildren(part);
  };

  const say = (message) => showResult({ state: "failed", message });

  const show = (text) => {
    if (!text.trim()) return;
    const line = JSON.parse(text);
    if (line.stage === "result") showResult(line); else showStep(line);
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

  const begin = (button) => {
    running = new AbortController();
    steps.replaceChildren();
    steps.hidden = false;
    result.replaceChildren();
    panel.classList.add("is-running");
    cancel.hidden = false;
    state.textContent = panel.dataset.running;
    for (const other of buttons) other.disabled = true;
    // What an earlier answer found fault with is judged anew.
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const old of document.querySelectorAll(".smtp .field > .error, .notice.summary")) old.remove();
    button.setAttribute("aria-busy", "true");
    panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };

  const end = (button) => {
    running = null;
    panel.classList.remove("is-running");
    cancel.hidden = true;
    state.textContent = button.textContent.trim();
    for (const other of buttons) other.disabled = false;
    button.removeAttribute("aria-busy");
  };

  const run = async (button) => {
    const body = new URLSearchParams(new FormData(form));
    begin(button);
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
      say(error.name === "AbortError" ? panel.dataset.cancelled : panel.dataset.broken);
    } finally {
      end(button);
    }
  };

  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      if (!running) run(button);
    });
  }
  cancel.addEventListener("click", () => running?.abort());
}
