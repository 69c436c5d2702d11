// One box chooses all rows of the page; without this file each is chosen by itself.
"use strict";

for (const label of document.querySelectorAll("[data-pick-all]")) {
  const all = label.querySelector("input");
  const boxes = [...document.querySelectorAll("[data-pick]")];
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  label.hidden = boxes.length < 2;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
