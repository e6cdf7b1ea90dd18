"use strict";
// Fetches the pictures of the item that is likely to come next, once this one is painted and the browser has time.
(() => {
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 300));
  let held = []; // else the browser may let go of a picture before it is needed

  async function look(address) {
    try {
      const answer = await fetch(address);
      if (!answer.ok || answer.redirected) return;
      held = (await answer.json()).images.map((source) => Object.assign(new Image(), { referrerPolicy: "no-referrer", src: source }));
    } catch {
      return; // no network for a moment: the picture is fetched when it is shown
    }
  }

  function shown() {
    const { ahead } = document.getElementById("main").dataset;
    if (ahead) later(() => look(ahead));
  }

  document.addEventListener("seat:shown", shown);
  shown();
})();
