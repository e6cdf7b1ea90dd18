"use strict";
// A form that changes something is not sent again by a second click; who changes it, comes back to it or stops it can send
// it anew. Forms that only ask are sent at will.
(() => {
  const LONGEST = 15000; // milliseconds, where a browser does not tell that it gave up
  let sent = false;
  const again = () => { sent = false; };

  // On the window: a script that sends a form itself has prevented this by then.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.getAttribute("method")?.toLowerCase() !== "post") return;
    if (sent) event.preventDefault();
    else if (!window.navigation) setTimeout(again, LONGEST);
    sent = true;
  });
  addEventListener("input", again);
  addEventListener("pageshow", again);
  // Some browsers tell nobody that a page was stopped: Esc is seen, a button of theirs is not.
  if (window.navigation) window.navigation.addEventListener("navigateerror", again);
  else addEventListener("keydown", (event) => { if (event.key === "Escape") again(); });
})();
