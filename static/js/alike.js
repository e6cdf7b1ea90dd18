"use strict";
// Fetches decided cases like the item in hand once it is painted, into a place that is kept for them.
(() => {
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 300));

  async function look(place) {
    try {
      const answer = await fetch(place.dataset.alike);
      if (answer.status === 200 && !answer.redirected) place.innerHTML = await answer.text();
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
