"use strict";
// One key an act: presses whatever carries the key in data-key, and is silent while somebody types.
(() => {
  const STORE = "hitl-keys";
  const silenced = () => localStorage.getItem(STORE) === "off";
  const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range])";
  const NATIVE = "a, button, summary";

  const held = (key) => document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
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
      one.parentElement.scrollIntoView({ block: "nearest" });
      one.parentElement.querySelector("textarea, input")?.focus();
    } else if (one.matches("[type=search]")) {
      one.focus();
    } else if (one.matches("[type=radio]:checked")) {
      one.form.querySelector(`[name="${one.name}"][value=""]`).checked = true;
    } else {
      one.click();
    }
  }

  // Where a number is asked, its first digit goes into the field and takes the place of what is there.
  function begun(event) {
    const field = document.querySelector("[data-digits]");
    if (!field || !/^[-+.,\d]$/.test(event.key)) return false;
    field.focus();
    field.select();
    return true;
  }

  // Before the last script is there a key that opens a field opens none, and what is typed for it would act.
  let ready = false;
  document.addEventListener("DOMContentLoaded", () => { ready = true; });

  document.addEventListener("keydown", (event) => {
    // AltGr makes characters, such as @ and #, and counts as Ctrl and Alt on some systems.
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!ready || event.repeat || event.isComposing || (modified && !event.getModifierState("AltGraph"))) return;
    if (document.querySelector("dialog[open]") || event.target.closest(TYPING)) return;
    if (event.key === "Enter" && event.target.closest(NATIVE)) return;
    if (!silenced() && begun(event)) return;
    const one = pressed(event);
    if (!one || (silenced() && !one.matches("[data-open]"))) return;
    event.preventDefault();
    press(one);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(document.getElementById(opener.dataset.open));
  });

  // Of the keys only those are listed that mean something at this item.
  function open(dialog) {
    const { kind } = document.getElementById("main").dataset;
    for (const row of dialog.querySelectorAll("dl > div")) {
      const key = row.querySelector("kbd").textContent, kinds = row.dataset.kinds;
      row.hidden = (kinds && !kinds.split(" ").includes(kind)) || (key.length === 1 && !held(key));
    }
    dialog.showModal();
  }

  // A field for one key: what is typed takes the place of what is there.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-one-key]")) event.target.select();
  });

  // Leaving a field by Esc gives the keys back to the page; in the search, Enter takes the marked label.
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest(TYPING) || event.isComposing) return;
    if (event.key === "Escape") {
      if (event.target.matches("[data-find]")) filter(event.target, "");
      document.getElementById("main").focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("[data-find], [data-enter]")) {
      event.preventDefault();
      if (event.target.matches("[data-find]")) take(event.target);
      else enter(event.target);
    }
  });

  function enter(field) {
    const named = document.getElementById(field.dataset.enter);
    (named || [...field.form.querySelectorAll(".act.primary")].find(usable))?.click();
  }

  function take(field) {
    const best = field.value && document.querySelector(".best");
    if (!best) return;
    const box = best.querySelector("input");
    (box || best).click();
    if (box) filter(field, ""); // several may be wanted: the search stays, for the next one
  }

  // Arrows walk from the search through what was found, which may stand in columns, and back.
  document.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const field = document.querySelector("[data-find]"), here = event.target.closest("[data-name]");
    if (!by || !field || !(event.target === field || here)) return;
    const seen = [...document.querySelectorAll("[data-name]")].filter(usable).sort((a, b) => a.style.order - b.style.order);
    const next = here ? beyond(here, by, by > 0 ? seen : seen.reverse()) : by > 0 && seen[0];
    event.preventDefault();
    if (next) (next.querySelector("input") || next).focus();
    else if (by < 0) field.focus();
  });

  // The next one of the same column; below the end of a column, what is left of the last row.
  function beyond(here, by, seen) {
    const far = seen.filter((one) => by * (one.offsetTop - here.offsetTop) > 0);
    return far.find((one) => one.offsetLeft === here.offsetLeft) ?? (by > 0 && far[0]);
  }

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const startsWord = (name, words) => ` ${name.replace(/[^\p{L}\p{N}]+/gu, " ")}`.includes(` ${words}`);

  // What begins with the words comes before what has a word that does, and that before what merely holds them.
  function rank(name, words) {
    if (name === words) return 0;
    if (name.startsWith(words)) return 1;
    return startsWord(name, words) ? 2 : 3;
  }

  function filter(field, words) {
    field.value = words;
    const wanted = folded(words.trim());
    let best = null, least = 4, found = 0;
    for (const one of document.querySelectorAll("[data-name]")) {
      const name = folded(one.dataset.name);
      one.hidden = !wanted.split(/\s+/).every((word) => name.includes(word));
      one.classList.remove("best");
      one.style.order = "";
      if (one.hidden) continue;
      found += 1;
      const place = rank(name, wanted);
      if (wanted) one.style.order = place;
      if (place < least) [best, least] = [one, place];
    }
    for (const group of document.querySelectorAll("[data-group]")) group.hidden = Boolean(wanted);
    if (wanted && best) best.classList.add("best");
    if (best) best.parentElement.scrollTop = 0;
    const count = document.querySelector("[data-count]");
    if (count) count.textContent = wanted ? `${found} found${best ? `; Enter takes ${best.dataset.name.slice(0, 60)}` : ""}` : "";
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) filter(event.target, event.target.value);
  });

  const choice = document.querySelector("[data-keys-switch]");
  if (!choice) return;
  choice.checked = !silenced();
  choice.addEventListener("change", () => localStorage.setItem(STORE, choice.checked ? "on" : "off"));
})();
