"use strict";
// While a bundle is being written, shows how far it is: soon at first, then ever more rarely.
(() => {
  const FIRST = 1500, LAST = 15000;
  let pause = FIRST;
  const part = () => document.getElementById("bundles");

  async function look() {
    if (!part()?.hasAttribute("data-at-work")) return;
    try {
      const answer = document.hidden ? null : await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer?.ok && !answer.redirected && !part().contains(document.activeElement)) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("bundles");
        part().replaceWith(fresh);
      }
    } catch {
      // no network for a moment: it looks again
    }
    pause = Math.min(pause * 1.3, LAST);
    setTimeout(look, pause);
  }
  setTimeout(look, pause);
})();
