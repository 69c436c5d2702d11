// Offers the time zone of the device, where the browser tells it and the list has it.
"use strict";

for (const offer of document.querySelectorAll("[data-device-zone]")) {
  const field = document.getElementById(offer.dataset.deviceZone);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isKnown = [...field.list.options].some((option) => option.value === zone);
  const show = () => { offer.hidden = !isKnown || (field.value || field.placeholder) === zone; };
  offer.querySelector("bdi").textContent = zone;
  offer.querySelector("button").addEventListener("click", () => {
    field.value = zone;
    show();
    field.focus();
  });
  field.addEventListener("input", show);
  show();
}
