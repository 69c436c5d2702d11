// What only the panel has. Progressive enhancement: every page works with this file missing.
"use strict";

// Browsers have a clipboard only over HTTPS; where there is none, the old way copies what is chosen.
const copyText = async (text) => {
  if (navigator.clipboard) { await navigator.clipboard.writeText(text); return; }
  const carrier = document.createElement("textarea");
  const focused = document.activeElement;
  carrier.value = text;
  carrier.className = "visually-hidden";
  document.body.append(carrier);
  carrier.select();
  document.execCommand("copy");
  carrier.remove();
  focused?.focus({ preventScroll: true });
};

// A button that copies what `read` returns, and says so in the place of its label for a while.
const copyWith = (button, read, done) => {
  const label = button.querySelector("span") ?? button;
  const usual = label.textContent;
  let timer;
  label.setAttribute("aria-live", "polite");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copyText(read());
    label.textContent = done;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { label.textContent = usual; }, 4000);
  });
};

// Text to hand on: <button data-copy="id-of-text" data-done="Copied" hidden>
const prepareCopying = (part) => {
  for (const button of part.querySelectorAll("[data-copy][hidden]")) {
    const text = document.getElementById(button.dataset.copy);
    copyWith(button, () => text.value ?? text.textContent, button.dataset.done);
  }
};
prepareCopying(document);

// A notice that was put away stays away in this browser: <button data-dismiss="id" hidden>
for (const button of document.querySelectorAll("[data-dismiss]")) {
  const name = button.dataset.dismiss;
  const kept = "peyk.dismissed";
  try {
    if (window.localStorage.getItem(kept) === name) document.getElementById(name).remove();
  } catch { continue; /* Nothing may be remembered here: the notice goes by itself. */ }
  button.hidden = false;
  button.addEventListener("click", () => {
    window.localStorage.setItem(kept, name);
    document.getElementById(name).remove();
  });
}
