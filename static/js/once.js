"use strict";
// A form that was sent is not sent again by a second click; who comes back to the page can send it anew.
(() => {
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
})();
