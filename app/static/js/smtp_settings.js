// Small conveniences of the SMTP form; the server knows the same rules without them.
"use strict";

{
  const PORTS = { none: "25", starttls: "587", tls: "465" };
  const USUAL = new Set([...Object.values(PORTS), ""]);
  const form = document.querySelector("[data-smtp]");

  // The port follows the kind of encryption, unless somebody chose a port of their own.
  for (const port of form.querySelectorAll("[data-port]")) {
    const choices = form.querySelectorAll(`[data-encryption="${port.dataset.port}"]`);
    for (const choice of choices) {
      choice.addEventListener("change", () => {
        if (port.disabled || !USUAL.has(port.value.trim())) return;
        port.value = PORTS[choice.value];
      });
    }
  }

  // The user name is usually the sender address: offered, never filled in unseen.
  const sender = form.querySelector("[name=sender_address]");
  const suggest = () => {
    for (const name of form.querySelectorAll("[data-username]")) {
      if (sender.value.trim()) name.placeholder = sender.value.trim();
    }
  };
  sender.addEventListener("input", suggest);
  suggest();

  for (const name of form.querySelectorAll("[data-username]")) {
    name.addEventListener("focus", () => {
      if (!name.value && !name.disabled && sender.value.includes("@")) {
        name.value = sender.value.trim();
        name.select();
      }
    });
  }

  // Help comes when it is opened, in its place; where it does not come, the link to it stays.
  let helps = null;
  const fetchHelps = async (address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const bring = async (link) => {
    helps ??= fetchHelps(link.pathname);
    try {
      const help = (await helps).querySelector(`${link.hash} > div`);
      if (help) link.parentElement?.replaceChildren(...help.cloneNode(true).childNodes);
    } catch { helps = null; }
  };
  for (const link of form.querySelectorAll("[data-help]")) {
    link.closest("details").addEventListener("toggle", () => bring(link));
  }
}
