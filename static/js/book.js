// "/" goes to the search; j and k walk along the events, Enter opens one: as in most lists of this kind.
"use strict";
(() => {
  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");
  const entries = [...document.querySelectorAll("[data-entries] .what")];
  const search = document.querySelector("[data-slash]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if ((event.key === "j" || event.key === "k") && entries.length) {
      const step = event.key === "j" ? 1 : -1;
      const at = entries.indexOf(document.activeElement);
      const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), entries.length - 1);
      entries[next].focus();
    }
  });
})();
