// Progressive enhancement only: every page works with this file missing.
"use strict";

for (const button of document.querySelectorAll("[data-peek]")) {
  const input = document.getElementById(button.dataset.peek);
  if (input.disabled) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    input.focus({ preventScroll: true });
  });
  // Never submit the value as plain text into the browser's form history.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}

// The server normalises too; this only shows people what will be stored.
const DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩";
const HIDDEN = /[\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;

for (const input of document.querySelectorAll("[data-machine]")) {
  input.addEventListener("change", () => {
    input.value = input.value
      .replace(HIDDEN, "")
      .replace(/[۰-۹٠-٩]/g, (c) => String(DIGITS.indexOf(c) % 10))
      .trim();
  });
}

// The summary of faults is read aloud and reached first.
document.querySelector("[data-focus]")?.focus();

// A form is sent once: a second press while the answer is on its way does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    // Other scripts may take the event over; then nothing was sent.
    window.setTimeout(() => { sent = !event.defaultPrevented; });
    window.setTimeout(() => { sent = false; }, 5000);
  });
}

// A countdown enables its button; the server checks the time itself.
// <span data-countdown="42" data-for="id-of-button" data-digits="۰۱۲۳۴۵۶۷۸۹">
for (const clock of document.querySelectorAll("[data-countdown]")) {
  const digits = clock.dataset.digits || "0123456789";
  const button = document.getElementById(clock.dataset.for);
  const end = Date.now() + Number(clock.dataset.countdown) * 1000;
  const show = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.textContent = text.replace(/\d/g, (d) => digits[d]);
    if (button) button.disabled = left > 0;
    const around = clock.closest("[data-countdown-note]");
    if (around) around.hidden = left === 0;
    if (left > 0) window.setTimeout(show, 250);
  };
  show();
}

// A part that changes by itself: fetched again while the page is looked at. With patience it is
// asked for less and less often while nothing changes; when it is over the page is opened anew.
// <div id="…" data-refresh="address" data-every="seconds" data-patience="most seconds" data-over>
for (const part of document.querySelectorAll("[data-refresh]")) {
  if ("over" in part.dataset) continue;
  const every = Number(part.dataset.every || 3) * 1000;
  const most = Number(part.dataset.patience || 0) * 1000 || every;
  let pause = every, timer;
  const look = async () => {
    const answer = await fetch(part.dataset.refresh, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML) return;
    if ("over" in fresh.dataset) { window.location.reload(); return; }
    part.innerHTML = fresh.innerHTML;
    pause = every;
  };
  const again = async () => {
    if (document.hidden) return;
    pause = Math.min(pause * 1.3, most);
    const busy = part.contains(document.activeElement);
    try { if (!busy) await look(); } catch { /* The server is away for a moment. */ }
    window.clearTimeout(timer);
    timer = window.setTimeout(again, pause);
  };
  document.addEventListener("visibilitychange", () => { pause = every; again(); });
  timer = window.setTimeout(again, every);
}
