"use strict";
// A form that was sent is not sent again by a second click; who changes it, comes back to it or stops it can send it anew.
(() => {
  let sent = false;
  const again = () => { sent = false; };

  // On the window: a script that sends a form itself has prevented this by then.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.getAttribute("method") === "dialog") return;
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("input", again);
  addEventListener("pageshow", again);
  window.navigation?.addEventListener("navigateerror", again);
})();
