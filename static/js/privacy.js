"use strict";
// Shows how far running erasures are, until none runs any more; what is typed above stays.
(() => {
  const EVERY = 4000;
  const table = () => document.getElementById("erasures");

  async function look() {
    if (document.hidden) { setTimeout(look, EVERY); return; }
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer && answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      table().replaceWith(page.getElementById("erasures"));
      if (!table().textContent.includes("running")) return;
    }
    setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
