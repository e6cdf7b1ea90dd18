"use strict";
// The admin's page can't be drawn by the server in the chosen colours, so the choice is read before the first pixel.
(() => {
  const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
  if (chosen) document.documentElement.dataset.theme = chosen[1];
})();
