// A deed whose answer comes line by line: steps, progress, and what it came to. Without this file
// the same button brings the same as a page.
"use strict";

{
  const panel = document.querySelector("[data-lines]");
  const form = panel?.querySelector("[data-lines-form]");
  const part = (name) => panel.querySelector(`[data-lines-${name}]`);

  const localized = (number) => String(number).replace(/\d/g, (d) => panel.dataset.digits[d]);

  // Our own page wrote and escaped it.
  const drawn = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const say = (message, isWrong = false) => {
    part("state").textContent = message;
    part("state").classList.toggle("is-wrong", isWrong);
  };

  const showPart = (line) => {
    if (line.html) part("steps").append(drawn(line.html));
    if (!line.total) return;
    part("progress").max = line.total;
    part("progress").value = line.done;
    say(panel.dataset.progress.replace(/\{(\w+)\}/g, (_, name) => localized(line[name])));
  };

  const complain = (line) => {
    say(line.message, true);
    const field = line.field && form.elements[line.field];
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };

  const showResult = (line) => {
    if (!line.html) return complain(line);
    say("");
    part("result").replaceChildren(drawn(line.html));
    prepareCopying(part("result"));
    part("result").querySelector("[data-lines-heading]").focus();
  };

  const show = (text) => {
    if (!text.trim()) return;
    const line = JSON.parse(text);
    if (line.stage === "result") showResult(line); else showPart(line);
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
    form.querySelector("button[type=submit]").disabled = isRunning;
    if (part("progress")) part("progress").hidden = !isRunning;
    if (part("steps") && isRunning) part("steps").hidden = false;
  };

  const begin = () => {
    part("progress")?.removeAttribute("value");
    part("steps")?.replaceChildren();
    part("result").replaceChildren();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const old of document.querySelectorAll(".field > .error, .notice.summary")) old.remove();
    say(panel.dataset.running);
    switchTo(true);
  };

  const run = async () => {
    const body = new URLSearchParams(new FormData(form));
    begin();
    try {
      const answer = await fetch(form.action.split("#")[0], {
        method: "POST",
        body,
        headers: { Accept: "application/x-ndjson" },
        credentials: "same-origin",
      });
      const type = answer.headers.get("Content-Type") ?? "";
      if (!type.startsWith("application/x-ndjson")) throw new Error(`unexpected ${answer.status}`);
      await read(answer.body);
    } catch {
      say(panel.dataset.broken, true);
    } finally {
      switchTo(false);
    }
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
}
