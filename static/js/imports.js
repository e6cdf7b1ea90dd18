"use strict";
// While a file is being taken in, shows every few seconds how far it is.
(() => {
  const EVERY = 3000;
  const part = () => document.getElementById("imports");

  async function look() {
    if (!part()?.hasAttribute("data-at-work")) return;
    try {
      const answer = document.hidden ? null : await fetch(location.pathname);
      if (answer?.ok && !answer.redirected && !part().contains(document.activeElement)) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("imports");
        part().replaceWith(fresh);
      }
    } catch {
      // no network for a moment: it looks again
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
