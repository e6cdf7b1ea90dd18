"use strict";
// An agent's arguments, each in a field of its type: what is typed becomes the JSON that is sent.
(() => {
  const main = () => document.getElementById("main");
  const one = (selector) => main().querySelector(selector);
  const field = () => one("[data-action]");
  const rows = () => [...main().querySelectorAll("[data-arg]")];
  const control = (row) => row.querySelector("input, textarea, select");
  let origin = null, writing = false, first = new Map();

  // Numbers and JSON go as they are typed: a long number that was only read here must not lose its last digits.
  const written = (row) => (row.dataset.how === "text" ? JSON.stringify(control(row).value) : control(row).value.trim());

  function right(row) {
    try {
      const found = JSON.parse(written(row));
      return row.dataset.how !== "number" || typeof found === "number";
    } catch {
      return false;
    }
  }

  function check(row) {
    const fits = right(row);
    row.querySelector("[data-wrong]").textContent = fits ? "" : row.dataset.how === "number" ? "This is no number yet." : "This is no JSON yet.";
    control(row).setAttribute("aria-invalid", String(!fits));
    return fits;
  }

  // Arguments that are as they were are sent as they came, so that an undone edit is no edit.
  function save() {
    const fits = rows().map(check).every(Boolean);
    main().querySelectorAll("[data-save]").forEach((act) => { act.disabled = !fits; });
    const changed = rows().some((row) => written(row) !== first.get(row.dataset.arg));
    if (fits) {
      const args = rows().map((row) => `${JSON.stringify(row.dataset.arg)}:${written(row)}`).join(",");
      const action = JSON.stringify(JSON.parse(field().defaultValue).action);
      writing = true;
      field().value = changed ? `{"action":${action},"args":{${args}}}` : field().defaultValue;
      field().dispatchEvent(new Event("input", { bubbles: true }));
      writing = false;
    }
    main().toggleAttribute("data-changed", changed);
  }

  // What stands for each argument, letter by letter: parsed and written anew, a long number loses digits.
  function sources(text) {
    const found = new Map(), names = [];
    let depth = 0, from = 0, last = "";
    for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
      if (",}]".includes(part) && depth === 2 && names[1] === "args" && names[2] !== undefined) {
        found.set(names[2], text.slice(from, index).trim());
        names[2] = undefined;
      }
      if (part === ":" && depth < 3) { names[depth] = JSON.parse(last); from = index + 1; }
      if ("{[".includes(part)) depth += 1;
      if ("}]".includes(part)) depth -= 1;
      last = part;
    }
    return found;
  }

  function load(text) {
    try {
      JSON.parse(text);
    } catch {
      return; // a draft that was cut off
    }
    const found = sources(text);
    for (const row of rows()) {
      const source = found.get(row.dataset.arg);
      if (source === undefined || source === written(row)) continue;
      control(row).value = row.dataset.how === "text" ? String(JSON.parse(source) ?? "") : source;
    }
    rows().forEach((row) => fit(control(row)));
  }

  function fit(text) {
    if (text.tagName !== "TEXTAREA") return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 4, innerHeight * 0.4)}px`;
  }

  // Somebody may be quicker than this script: what they entered stays.
  const touched = (one) => (one.options ? ![...one.selectedOptions].every((each) => each.defaultSelected) : one.value !== one.defaultValue);

  function shown() {
    if (!field() || origin === main()) return;
    origin = main();
    const early = rows().map(control).filter(touched).map((one) => [one, one.value]);
    load(field().defaultValue);
    first = new Map(rows().map((row) => [row.dataset.arg, written(row)]));
    load(field().value);
    for (const [one, value] of early) one.value = value;
    save();
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-action]") && !writing) { load(event.target.value); save(); }
    if (!event.target.closest("[data-arg]")) return;
    fit(event.target);
    save();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-first]")) control(rows()[0]).focus();
    if (!event.target.closest("[data-restore]")) return;
    load(field().defaultValue);
    save();
    main().focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest("[data-arg]")) return;
    event.preventDefault();
    [...main().querySelectorAll(".act.primary")].find((act) => act.getClientRects().length && !act.disabled)?.click();
  });
  document.addEventListener("seat:shown", shown);
  shown();
})();
