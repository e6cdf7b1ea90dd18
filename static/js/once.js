"use strict";
// A form that changes something is not sent again by a second click; who changes it, comes back to it or stops it can send
// it anew. Forms that only ask are sent at will.
(() => {
  let sent = false;
  const again = () => { sent = false; };

  // On the window: a script that sends a form itself has prevented this by then.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.getAttribute("method")?.toLowerCase() !== "post") return;
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("input", again);
  addEventListener("pageshow", again);
  window.navigation?.addEventListener("navigateerror", again);
})();
