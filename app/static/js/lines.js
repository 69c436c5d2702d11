// A deed whose answer comes line by line: its steps, how far it has got, and what it came to, each
// drawn by the server. Without this file the same button brings the same as a page.
"use strict";

// Our own page wrote and escaped it.
const drawn = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

const readLines = async (body, show) => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const showAll = (texts) => texts.filter((text) => text.trim()).forEach((text) => show(JSON.parse(text)));
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    showAll(lines);
  }
  showAll([rest]);
};

// Shows in the panel what comes of pressing one of the buttons of a form. The hooks are told when
// it begins, of each line that is on the page now, and when it is over.
const tellLines = (panel, form, buttons, hooks) => {
  const { begun, shown, ended } = { begun() {}, shown() {}, ended() {}, ...hooks };
  const part = (name) => panel.querySelector(`[data-lines-${name}]`);
  const [state, heard, steps, progress, result, cancel] =
    ["state", "heard", "steps", "progress", "result", "cancel"].map(part);
  let running = null;
  let marked = [];

  // For those who listen.
  const tell = (sentence) => {
    if (!heard) { state.textContent = sentence; return; }
    const line = document.createElement("p");
    line.textContent = sentence;
    heard.append(line);
  };

  const say = (sentence, isWrong = false) => {
    state.textContent = sentence;
    state.classList.toggle("is-wrong", isWrong);
    if (isWrong && heard) tell(sentence);
  };

  const showStep = (line) => {
    if (line.html) steps.append(drawn(line.html));
    if (line.total) Object.assign(progress, { max: line.total, value: line.done });
    if (line.said) say(line.said);
  };

  const mark = (names) => {
    for (const name of names) {
      const field = form.querySelector(`[name="${CSS.escape(name)}"]`) ?? document.getElementById(name);
      field?.setAttribute("aria-invalid", "true");
      if (field) marked.push(field);
    }
  };

  const showResult = (line) => {
    mark([...(line.fields ?? []), ...Object.keys(line.errors ?? {})]);
    if (!line.html) {
      say(line.message, true);
      marked[0]?.focus();
      return;
    }
    say(line.said ?? "");
    result.replaceChildren(drawn(line.html));
    prepareCopying(result);
  };

  const switchTo = (isRunning) => {
    panel.classList.toggle("is-running", isRunning);
    for (const button of buttons) button.disabled = isRunning;
    for (const onlyThen of [progress, cancel]) if (onlyThen) onlyThen.hidden = !isRunning;
    if (steps && isRunning) steps.hidden = false;
  };

  const begin = (button) => {
    running = new AbortController();
    for (const field of marked) field.removeAttribute("aria-invalid");
    marked = [];
    progress?.removeAttribute("value");
    for (const old of [heard, steps, result]) old?.replaceChildren();
    say(panel.dataset.running);
    switchTo(true);
    button.setAttribute("aria-busy", "true");
    begun(button);
  };

  const end = (button) => {
    running = null;
    switchTo(false);
    button.removeAttribute("aria-busy");
    ended(button);
    goOn();
  };

  // Who used the keyboard stood on a button that went away: they go on at the result. Who is busy
  // elsewhere meanwhile is told and not taken away.
  const goOn = () => {
    const at = document.activeElement;
    const next = result.querySelector("[data-lines-heading]");
    if (at === document.body || panel.contains(at)) next?.focus();
    else if (next) tell(next.textContent);
  };

  const ask = async (button) => {
    const address = button.hasAttribute("formaction") ? button.formAction : form.action;
    const answer = await fetch(address.split("#")[0], {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/x-ndjson" },
      credentials: "same-origin",
      signal: running.signal,
    });
    // The password is wanted first: the browser sends the form itself and shows the question.
    if (answer.status === 403) { form.requestSubmit(button); return; }
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.startsWith("application/x-ndjson")) throw new Error(`unexpected ${answer.status}`);
    await readLines(answer.body, (line) => {
      const isStep = !["result", "ports"].includes(line.stage);
      if (isStep) showStep(line); else showResult(line);
      shown(line, button, isStep);
    });
  };

  const run = async (button) => {
    if (running) return;
    begin(button);
    try {
      await ask(button);
    } catch (error) {
      if (error.name === "AbortError") say(panel.dataset.cancelled);
      else say(panel.dataset.broken, true);
    } finally {
      end(button);
    }
  };

  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      run(button);
    });
  }
  cancel?.addEventListener("click", () => running?.abort());
  return { run, say, tell };
};

for (const panel of document.querySelectorAll("[data-lines]")) {
  const form = panel.querySelector("[data-lines-form]");
  tellLines(panel, form, form.querySelectorAll("[type=submit]"));
}
