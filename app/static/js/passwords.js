// What the keyboard does to a password while it is typed. Nothing leaves this page, and every word
// comes from the page. A module: it runs once, however often it is named on a page.

const about = (password, capsLock, say) => [
  capsLock && say.sayCaps,
  /[\u0621-\u064A\u067E-\u06CC]/.test(password) && say.sayLetters,
  /[۰-۹٠-٩]/.test(password) && say.sayNumerals,
  /^\s|\s$/.test(password) && say.sayEdge,
].filter(Boolean).join(" ");

for (const box of document.querySelectorAll("[data-estimate], [data-typed]")) {
  const input = box.querySelector("input");
  const estimate = box.querySelector(".estimate-word");
  const hint = box.querySelector(".typed-hint");
  const spoken = box.querySelector("[role=status]");
  let capsLock = false;
  let later = 0;

  // Read aloud, after the estimate where there is one, only when the fingers rest.
  const speak = () => {
    const words = [estimate?.textContent, hint.textContent].filter(Boolean).join(" ");
    spoken.textContent = input.value || capsLock ? words : "";
  };
  const show = () => {
    hint.textContent = about(input.value, capsLock, box.dataset);
    hint.hidden = hint.textContent === "";
    window.clearTimeout(later);
    later = window.setTimeout(speak, 1000);
  };
  for (const kind of ["keydown", "keyup"]) {
    input.addEventListener(kind, (event) => {
      const now = event.getModifierState?.("CapsLock") ?? false;
      if (now !== capsLock) { capsLock = now; show(); }
    });
  }
  // The estimate comes when somebody begins: pages are opened more often than passwords chosen.
  const bringEstimate = () => { if (box.dataset.estimate) import(box.dataset.estimate); };
  if (document.activeElement === input || input.value) bringEstimate();
  else input.addEventListener("focus", bringEstimate, { once: true });
  input.addEventListener("input", show);
  input.addEventListener("blur", () => { capsLock = false; show(); });
}
