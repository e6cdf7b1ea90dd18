"use strict";
// While a worker is busy with what a part of the page shows, that part is read anew: soon at first, then ever more rarely.
// The part has an id, and `data-at-work`: the address where it is read, empty for this very page.
(() => {
  const FIRST = 1500, LAST = 15000;
  let pause = FIRST;
  const part = () => document.querySelector("[data-at-work]");

  // What somebody has focused, presses or has opened is not taken from under their hands: it is read anew later.
  const inHand = () => part().matches(":focus-within, :active") || part().querySelector("details[open]");

  async function read() {
    const answer = await fetch(part().dataset.atWork, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part().id);
  }

  async function look() {
    if (!document.hidden) {
      const fresh = await read().catch(() => null); // no network for a moment: it looks again
      if (fresh && !inHand()) part().replaceWith(fresh);
      pause = Math.min(pause * 1.3, LAST);
    }
    later();
  }

  const later = () => { if (part()) setTimeout(look, pause); };
  later();
})();
