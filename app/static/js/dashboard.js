// The living part of the page asks for itself again while it is looked at; only what has changed
// is touched, so nothing flickers, and what has the focus or is open stays so.
"use strict";

{
  const EVERY = 15_000;
  const LONGEST = 300_000;
  const live = document.getElementById("live");
  const states = Object.fromEntries(
    [...document.querySelectorAll("[data-live-state]")].map((e) => [e.dataset.liveState, e]),
  );
  const news = document.querySelector("[data-live-news]");
  let pause = EVERY;
  let timer = 0;
  let asking = false;
  let lastAsked = Date.now();

  const syncAttributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      // What the reader has opened stays open.
      if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  const sync = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    syncAttributes(old, fresh);
    syncChildren(old, fresh);
  };

  // Things with a name keep their element wherever they stand; nothing is moved without need,
  // because what is moved loses the focus.
  const syncChildren = (old, fresh) => {
    const named = new Map([...old.children].filter((e) => e.id).map((e) => [e.id, e]));
    const wantedIds = new Set([...fresh.children].map((e) => e.id));
    let here = old.firstChild;
    const drop = () => {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    };
    for (const wanted of [...fresh.childNodes]) {
      const same = wanted.id ? named.get(wanted.id) : null;
      while (here && here !== same && (here.id ? !wantedIds.has(here.id) : same)) drop();
      const place = same ?? (here && !here.id && !wanted.id ? here : null);
      if (place?.nodeName === wanted.nodeName) {
        if (place === here) here = here.nextSibling;
        else old.insertBefore(place, here);
        sync(place, wanted);
      } else {
        old.insertBefore(document.importNode(wanted, true), here);
        if (place && place === here) drop();
      }
    }
    while (here) drop();
  };

  const headline = () =>
    [...live.querySelectorAll("#needs h3, #verdict h2")].map((e) => e.textContent.trim()).join(". ");

  const show = (text) => {
    const page = new DOMParser().parseFromString(`<div>${text}</div>`, "text/html");
    const focused = document.activeElement;
    const before = headline();
    syncChildren(live, page.body.firstElementChild);
    if (headline() !== before) news.textContent = headline();
    if (focused && focused !== document.body && !focused.isConnected) {
      document.getElementById("main").focus({ preventScroll: true });
    }
  };

  const say = (state) => {
    for (const [name, element] of Object.entries(states)) {
      if (element.hidden !== (name !== state)) element.hidden = name !== state;
    }
  };

  const wait = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  };

  const ask = async (address = live.dataset.live, tag = live.dataset.tag) => {
    if (document.hidden) return wait();
    if (asking) return undefined;
    asking = true;
    lastAsked = Date.now();
    try {
      const answer = await fetch(address, {
        headers: tag ? { "If-None-Match": `"${tag}"` } : {},
        redirect: "manual",
        cache: "no-store",
      });
      if (answer.type === "opaqueredirect" || answer.status === 404) {
        say("over");
        return undefined;
      }
      if (answer.ok) {
        show(await answer.text());
        live.dataset.live = address;
        live.dataset.tag = (answer.headers.get("ETag") || "").replace(/^W\/|"/g, "");
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      pause = EVERY;
      say("");
    } catch {
      // The server is away: ask again, less and less often.
      pause = Math.min(pause * 2, LONGEST);
      say("stale");
    } finally {
      asking = false;
    }
    return wait();
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - lastAsked > pause) ask();
  });

  // Another stretch of time without another page.
  live.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-span]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    window.history.replaceState(null, "", link.href);
    const address = new URL(link.href);
    address.searchParams.set("part", "live");
    ask(address.pathname + address.search, "");
  });

  wait();
}
