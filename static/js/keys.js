"use strict";
// One key an act: presses whatever carries the key in data-key, and is silent while somebody types.
(() => {
  const STORE = "hitl-keys";
  const silenced = () => localStorage.getItem(STORE) === "off";
  const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])";
  const NATIVE = "a, button, summary, input";

  const usable = (one) => !one.disabled && one.getClientRects().length > 0;
  const holder = (key) =>
    [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(key) && usable(one));

  // Where digits need Shift (AZERTY) the key beneath counts, unless its own character has a meaning here.
  function pressed(event) {
    const found = holder(event.key.toLowerCase());
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    return found || (digit && !event.shiftKey ? holder(digit[1]) : undefined);
  }

  function press(one) {
    if (one.matches("summary")) {
      one.parentElement.open = true;
      one.parentElement.querySelector("textarea").focus();
    } else if (one.matches("[type=search]")) {
      one.focus();
    } else if (one.matches("[type=radio]:checked")) {
      one.form.querySelector(`[name="${one.name}"][value=""]`).checked = true;
    } else {
      one.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.target.closest(TYPING)) return;
    if (silenced() && event.key !== "?") return;
    if (event.key === "Enter" && event.target.closest(NATIVE)) return;
    const one = pressed(event);
    if (!one) return;
    event.preventDefault();
    press(one);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
  });

  // Leaving a field by Esc gives the keys back to the page; in the search, Enter takes the first label found.
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest(TYPING) || event.isComposing) return;
    if (event.key === "Escape") {
      if (event.target.matches("[data-find]")) filter(event.target, "");
      document.getElementById("main").focus();
    } else if (event.key === "Enter" && event.target.matches("[data-find]")) {
      event.preventDefault();
      const first = [...document.querySelectorAll("[data-name]")].find(usable);
      if (event.target.value && first) (first.querySelector("input") || first).click();
    }
  });

  function filter(field, words) {
    field.value = words;
    const wanted = words.trim().toLowerCase();
    for (const one of document.querySelectorAll("[data-name]")) one.hidden = !one.dataset.name.toLowerCase().includes(wanted);
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) filter(event.target, event.target.value);
  });

  const choice = document.querySelector("[data-keys-switch]");
  if (!choice) return;
  choice.checked = !silenced();
  choice.addEventListener("change", () => localStorage.setItem(STORE, choice.checked ? "on" : "off"));
})();
