"use strict";
// Follows an answer that is made rather than pressed (a text, a number, ticks): what changed, and what it saves.
(() => {
  const main = () => document.getElementById("main");
  const one = (selector) => main().querySelector(selector);
  const field = () => one("[data-original]");
  let drawn = 0, origin = null;

  function changed() {
    if (field()) return field().value.trim() !== field().defaultValue.trim();
    return [...main().querySelectorAll("[name=labels]")].some((box) => box.checked !== box.defaultChecked);
  }

  function follow() {
    main().toggleAttribute("data-changed", changed());
    if (one("[data-diff]")) { clearTimeout(drawn); drawn = setTimeout(difference, 120); }
    if (one("[data-digits]")) range();
    if (one("[data-ticked]")) ticked();
  }

  // --- A text: edited in place, with its words compared to those of before ---
  function open(focus) {
    if (!one("[data-edit]")) return;
    main().setAttribute("data-editing", "");
    one("[data-edit]").setAttribute("aria-expanded", "true");
    fit();
    if (!focus) return;
    const text = field();
    text.focus();
    if (!changed()) text.setSelectionRange(text.value.length, text.value.length);
  }

  function close() {
    main().removeAttribute("data-editing");
    one("[data-edit]").setAttribute("aria-expanded", "false");
  }

  function fit() {
    const text = one("[data-diff]");
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 4, innerHeight * 0.5)}px`;
  }

  function difference() {
    const text = one("[data-diff]");
    if (!text || !window.Diff) return;
    const parts = Diff.diffWordsWithSpace(text.defaultValue, text.value, { timeout: 200 });
    one("[data-difference]").replaceChildren(...(parts ?? []).map(piece));
    const count = (which) => (parts ?? []).filter((part) => part[which]).reduce((sum, part) => sum + (part.value.match(/\S+/g) ?? []).length, 0);
    one("[data-changes]").textContent = !parts ? "Changed in very many places."
      : changed() ? told({ removed: count("removed"), added: count("added") }) : "Nothing changed yet.";
  }

  function told(counts) {
    const parts = Object.entries(counts).filter(([, number]) => number).map(([what, number]) => `${words(number)} ${what}`);
    return parts.length ? `${parts.join(", ")}.` : "Only the spaces changed.";
  }

  const words = (number) => `${number} word${number === 1 ? "" : "s"}`;

  function piece(part) {
    if (!part.added && !part.removed) return document.createTextNode(part.value);
    const made = document.createElement(part.added ? "ins" : "del");
    made.textContent = part.value;
    return made;
  }

  // --- A number: its range, and a slider that follows it and leads it ---
  const reading = (text) => {
    const plain = text.trim();
    if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(plain) || !/^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i.test(plain)) return NaN;
    return Number(plain.replace(",", "."));
  };

  function range() {
    const number = one("[data-digits]"), slider = one("[data-slider]");
    const value = reading(number.value), low = number.dataset.min, high = number.dataset.max;
    let said = "";
    if (number.value.trim() && Number.isNaN(value)) said = "This is no number yet.";
    else if ((low && value < Number(low)) || (high && value > Number(high))) said = "This lies outside the range.";
    one("[data-outside]").textContent = said;
    number.setAttribute("aria-invalid", String(Boolean(said)));
    if (slider && !Number.isNaN(value) && document.activeElement !== slider) slider.value = value;
    if (slider) slider.classList.toggle("unset", !number.value.trim());
  }

  // A hundredth of the range, rounded down to 1, 2 or 5 times a power of ten.
  function step(number) {
    const wide = (Number(number.dataset.max) - Number(number.dataset.min)) / 100;
    if (!number.dataset.max || !number.dataset.min) return 1;
    const ten = 10 ** Math.floor(Math.log10(wide));
    return ten * (wide / ten >= 5 ? 5 : wide / ten >= 2 ? 2 : 1);
  }

  function put(number, value) {
    const places = Math.max(0, -Math.floor(Math.log10(step(number))));
    const low = Number(number.dataset.min || -Infinity), high = Number(number.dataset.max || Infinity);
    number.value = String(Number(Math.min(high, Math.max(low, value)).toFixed(places)));
    number.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function slide(slider) {
    const number = one("[data-digits]"), by = step(number), low = Number(number.dataset.min);
    put(number, low + Math.round((slider.value - low) / by) * by);
  }

  function nudge(event) {
    const number = one("[data-digits]"), towards = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!towards || event.target !== number) return;
    event.preventDefault();
    put(number, (reading(number.value) || 0) + towards * step(number));
  }

  // --- Ticks: with hundreds of labels the chosen ones must stay in sight ---
  function ticked() {
    const names = [...main().querySelectorAll("[name=labels]:checked")].map((box) => box.value);
    one("[data-ticked]").textContent = names.length ? `Chosen: ${names.join(", ")}` : "";
  }

  function shown() {
    if (origin === main()) return;
    origin = main();
    if (!field() && !one("[name=labels]")) return;
    follow();
    if (one("[data-edit]") && changed()) open(false);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-slider]")) slide(event.target);
    else if (event.target.matches("[data-original], [name=labels]")) follow();
    if (event.target.matches("[data-diff]")) fit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-edit]")) open(true);
    if (event.target.closest("[data-revert]")) {
      field().value = field().defaultValue;
      field().dispatchEvent(new Event("input", { bubbles: true }));
      close();
      main().focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    nudge(event);
    if (event.key === "Escape" && event.target.matches("[data-diff]") && !changed()) close();
    // Held down, it would answer the items that follow as well.
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.target.id === "comment") return;
    if (event.target.matches("[data-original], [data-find], main")) {
      event.preventDefault();
      [...main().querySelectorAll(".act.primary")].find((act) => act.getClientRects().length)?.click();
    }
  });
  document.addEventListener("seat:shown", shown);
  shown();
})();
