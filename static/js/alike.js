"use strict";
// Fetches cases like the item in hand once it is painted. They stand where nothing follows, so nothing moves.
(() => {
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 300));

  async function look(place) {
    try {
      const answer = await fetch(place.dataset.alike);
      if (!answer.ok || answer.redirected || answer.status === 204) return;
      const html = await answer.text();
      place.innerHTML = html;
      place.hidden = false;
    } catch {
      return; // no network for a moment: an item can be answered without them
    }
  }

  function shown() {
    const place = document.querySelector("main [data-alike]");
    if (place) later(() => look(place));
  }

  document.addEventListener("seat:shown", shown);
  shown();
})();
