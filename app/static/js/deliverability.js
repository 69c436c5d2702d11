// The check of the domain's records as it happens. Without this file the same button brings the
// same as a page.
"use strict";

{
  const panel = document.querySelector("[data-deliverability]");
  const form = panel?.querySelector("[data-look]");
  const part = (name) => panel.querySelector(`[data-look-${name}]`);

  const localized = (number) => String(number).replace(/\d/g, (d) => panel.dataset.digits[d]);

  const say = (message, isWrong = false) => {
    part("state").textContent = message;
    part("state").classList.toggle("is-wrong", isWrong);
  };

  const showProgress = (line) => {
    part("progress").max = line.total;
    part("progress").value = line.done;
    say(panel.dataset.progress.replace(/\{(\w+)\}/g, (_, name) => localized(line[name])));
  };

  const showResult = (line) => {
    if (!line.html) return say(line.message, true);
    say("");
    // Our own page wrote and escaped it.
    const template = document.createElement("template");
    template.innerHTML = line.html;
    part("result").replaceChildren(template.content);
    prepareCopying(part("result"));
    part("result").querySelector("[data-look-heading]").focus();
  };

  const show = (text) => {
    if (!text.trim()) return;
    const line = JSON.parse(text);
    if (line.stage === "result") showResult(line); else showProgress(line);
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

  const run = async (button) => {
    const body = new URLSearchParams(new FormData(form));
    button.disabled = true;
    part("progress").hidden = false;
    part("progress").removeAttribute("value");
    part("result").replaceChildren();
    say(panel.dataset.running);
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
      button.disabled = false;
      part("progress").hidden = true;
    }
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form.querySelector("button"));
  });
}
