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
  const heard = panel.querySelector("[data-test-heard]");
  const buttons = [...form.querySelectorAll("[data-test], [data-ports-of]")];
  const words = JSON.parse(panel.dataset.words);
  const looks = {
    passed: ["done", "check"],
    failed: ["fail", "cross"],
    warned: ["warn-step", "alert"],
    skipped: ["skip-step", "minus"],
  };
  let running = null;
  let tested = "";

  const made = (name) => panel.querySelector(`template[data-${name}]`).content.cloneNode(true);
  const localized = (number) => String(number).replace(/\d/g, (d) => panel.dataset.digits[d]);

  const showIcon = (part, name) => {
    for (const icon of part.querySelectorAll("[data-icon]")) {
      icon.hidden = icon.dataset.icon !== name;
    }
  };

  // For those who listen: one short line for what happened, and none for what was left out.
  const tell = (sentence) => {
    const line = document.createElement("p");
    line.textContent = sentence;
    heard.append(line);
  };

  const showStep = (line) => {
    if (line.state !== "skipped") tell(`${words[line.state]}: ${line.title}`);
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

  const copyable = (text, lang) => {
    const part = made("report");
    const report = part.querySelector(".report");
    if (lang) report.lang = lang; else report.dir = "ltr";
    report.querySelector("pre").textContent = text;
    copyWith(part.querySelector("button"), () => text, panel.dataset.done);
    return part;
  };

  const reveal = (part, name) => {
    const details = part.querySelector(`[data-${name}]`);
    details.hidden = false;
    return details;
  };

  const showReports = (part, line) => {
    if (line.transcript?.length) {
      reveal(part, "transcript").querySelector("div").append(copyable(line.transcript.join("\n")));
    }
    for (const [code, text] of Object.entries(line.reports ?? {})) {
      reveal(part, "reports").querySelector("div").append(copyable(text, code));
    }
  };

  const showPorts = (part, rows) => {
    if (!rows?.length) return;
    const body = reveal(part, "ports").querySelector("[data-port-rows]");
    for (const row of rows) {
      const cells = body.insertRow();
      cells.className = row.kind;
      const port = document.createElement("bdi");
      port.dir = "ltr";
      port.textContent = row.port;
      cells.insertCell().append(port);
      cells.insertCell().textContent = row.state;
      cells.insertCell().textContent = row.speaks || "–";
    }
  };

  const put = (name, value) => {
    const choices = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    for (const field of choices) {
      field.closest("details")?.setAttribute("open", "");
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") field.checked = value !== "";
      else field.value = value;
    }
  };

  const does = (button, fix, again) => {
    button.addEventListener("click", () => {
      if (running) return;
      for (const [name, value] of Object.entries(fix.changes)) put(name, value);
      run(again);
    });
  };

  const writeFingerprint = (part, groups) => {
    for (const group of groups) {
      const shown = document.createElement("span");
      shown.textContent = group;
      part.querySelector(".fingerprint").append(shown, " ");
    }
  };

  // What is believed is looked at first: the button waits for the tick.
  const belief = (fix, again) => {
    const part = made("belief").firstElementChild;
    const { rows, groups } = fix.certificate;
    part.querySelector("summary").textContent = fix.label;
    for (const row of rows) {
      const pair = document.createElement("div");
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = row.label;
      value.textContent = row.value;
      if (row.dir) value.dir = row.dir;
      pair.append(term, value);
      part.querySelector("[data-rows]").append(pair);
    }
    writeFingerprint(part, groups);
    const button = part.querySelector("button");
    part.querySelector("[data-confirm]").addEventListener("change", (event) => {
      button.disabled = !event.target.checked;
    });
    does(button, fix, again);
    return part;
  };

  const showFixes = (part, fixes, again) => {
    const group = part.querySelector(".fixes");
    for (const fix of fixes ?? []) {
      if (fix.certificate?.groups) {
        part.querySelector(".beliefs").append(belief(fix, again));
        continue;
      }
      const button = made("fix").querySelector("button");
      button.textContent = fix.label;
      button.hidden = false;
      does(button, fix, again);
      group.append(button);
      group.hidden = false;
    }
  };

  const showNotices = (place, name, sentences) => {
    for (const sentence of sentences ?? []) {
      const notice = made(name);
      notice.querySelector("p").textContent = sentence;
      place.append(notice);
    }
  };

  const showFingerprints = (part, fingerprints) => {
    for (const { label: words, groups } of fingerprints ?? []) {
      const one = made("fingerprint");
      one.querySelector("dt").textContent = words;
      writeFingerprint(one, groups);
      part.querySelector(".compared").append(one);
    }
  };

  const showTexts = (part, line) => {
    for (const name of ["meaning", "advice"]) {
      const place = part.querySelector(`.result-${name}`);
      place.hidden = !line[name];
      (place.querySelector("span") ?? place).textContent = line[name] ?? "";
    }
    if (line.technical) reveal(part, "technical").querySelector("p").textContent = line.technical;
    for (const hint of line.hints ?? []) {
      const item = document.createElement("li");
      item.textContent = hint;
      reveal(part, "hints").querySelector("ul").append(item);
    }
  };

  const showResult = (line, again) => {
    const part = made("result");
    const notice = part.querySelector("[data-outcome]");
    notice.classList.add({ passed: "ok", warned: "warn" }[line.state] ?? "bad");
    showIcon(notice, line.state === "passed" ? "check" : "alert");
    notice.querySelector(".result-words").textContent = line.message;
    showTexts(part, line);
    showErrors(notice.querySelector(".result-errors"), line.errors);
    const marked = (line.fields ?? []).filter(mark);
    if (marked.length) {
      const place = notice.querySelector(".result-field");
      place.hidden = false;
      place.querySelector("a").href = `#${marked[0]}`;
    }
    showNotices(part.querySelector(".suspicions"), "warning", line.warnings);
    showNotices(part.querySelector(".remarks"), "remark", line.remarks);
    showFingerprints(part, line.fingerprints);
    showFixes(part, line.fixes, again);
    showPorts(part, line.ports);
    showReports(part, line);
    result.replaceChildren(part);
    if (line.stage !== "ports" || !line.ports.length) return;
    result.querySelector("[data-ports]").open = true;
    result.querySelector(".notice").remove();
  };

  const say = (message) => showResult({ state: "failed", message });

  const show = (text, again) => {
    if (!text.trim()) return;
    const line = JSON.parse(text);
    if (["result", "ports"].includes(line.stage)) showResult(line, again); else showStep(line);
  };

  const read = async (body, again) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) show(line, again);
    }
    show(rest, again);
  };

  const begin = (button) => {
    running = new AbortController();
    tested = button.dataset.test ?? "";
    panel.classList.remove("is-stale");
    heard.replaceChildren();
    tell(panel.dataset.running);
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
    goOn();
  };

  // Who used the keyboard stood on a button that went away: they go on at the result. Who is busy
  // elsewhere meanwhile is told and not taken away.
  const goOn = () => {
    const at = document.activeElement;
    const next = result.querySelector(".result-words, details:not([hidden]) > summary");
    if (at !== document.body && !panel.contains(at)) tell(next?.textContent ?? "");
    else next?.focus();
  };

  // What was typed since then has not been tried: nothing green is left standing beside it.
  const grow = (event) => {
    const name = event.target.name ?? "";
    const isOfTest = name.startsWith(`${tested}-`) || name.startsWith("sender_");
    if (running || !tested || !isOfTest || !result.hasChildNodes()) return;
    panel.classList.add("is-stale");
    state.textContent = panel.dataset.stale;
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
      if (answer.status === 403) {
        // The password is wanted first: the browser sends the form itself and shows the question.
        form.requestSubmit(button);
        return;
      }
      const type = answer.headers.get("Content-Type") ?? "";
      if (!type.startsWith("application/x-ndjson")) throw new Error(`unexpected ${answer.status}`);
      await read(answer.body, button);
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
  form.addEventListener("input", grow);
}
