// What only the panel has. Progressive enhancement: every page works with this file missing.
"use strict";

// Text to hand on: <button data-copy="id-of-text" data-done="Copied" hidden>
const prepareCopying = (part) => {
  if (!navigator.clipboard) return;
  for (const button of part.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(text.value ?? text.textContent);
      const label = button.querySelector("span") ?? button;
      label.textContent = button.dataset.done;
    });
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
