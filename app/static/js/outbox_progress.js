// Goes on by itself, portion by portion, until all is done or the page is left. Without this file
// a button does the same.
"use strict";

{
  const place = document.querySelector("[data-progress]");

  const goOn = async () => {
    const form = place.querySelector("[data-go-on]");
    if (!form) return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
      const html = await answer.text();
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-progress]");
      if (!fresh) {
        // Finished: the page to which we were led says what was done, and says it only once.
        window.history.replaceState(null, "", answer.url);
        document.open();
        document.write(html);
        document.close();
        return;
      }
      place.replaceChildren(...fresh.childNodes);
      window.setTimeout(goOn, 50);
    } catch { /* The server is away: the button is still there. */ }
  };

  goOn();
}
