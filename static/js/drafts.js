"use strict";
// Keeps what is typed, ticked or drawn at an item until it is stored: in this browser, for days, in every tab.
(() => {
  const DAYS = 14, START = "draft:";
  const main = () => document.getElementById("main");
  const texts = () => [...main().querySelectorAll("#comment, [data-draft]")];
  const boxes = () => [...main().querySelectorAll("[name=labels][type=checkbox]")];
  const place = (name) => `${START}${main().dataset.person}:${main().dataset.item}:${name}`;
  const ticked = () => boxes().filter((box) => box.checked).map((box) => box.value);
  const came = () => boxes().filter((box) => box.defaultChecked).map((box) => box.value);

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // not ours, or cut off: as good as none
    }
  }

  function write(name, value, usual) {
    if (JSON.stringify(value) === JSON.stringify(usual)) { localStorage.removeItem(place(name)); return; }
    try {
      localStorage.setItem(place(name), JSON.stringify({ at: Date.now(), value }));
    } catch {
      return; // the browser keeps no more: it is still on the page
    }
  }

  function shown() {
    if (!main().dataset.item) return;
    const back = [...texts().map(recall), retick()].some(Boolean);
    if (back) say("What you entered here before is back.");
  }

  // What was entered before this script was there is newer than any draft.
  function recall(field) {
    const kept = read(place(field.name)), early = field.value !== field.defaultValue;
    if (early) put(field, field.value);
    if (early || !kept || kept.value === field.value) return false;
    put(field, kept.value);
    field.closest("details")?.setAttribute("open", "");
    return true;
  }

  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function retick() {
    const kept = boxes().length ? read(place("labels")) : null, early = boxes().some((box) => box.checked !== box.defaultChecked);
    if (early) tick(ticked());
    if (early || !kept) return false;
    tick(kept.value);
    return true;
  }

  function tick(values) {
    for (const box of boxes()) box.checked = values.includes(box.value);
    boxes()[0].dispatchEvent(new Event("input", { bubbles: true }));
  }

  function say(text) {
    document.dispatchEvent(new CustomEvent("seat:say", { detail: { text, acts: [["Start afresh", afresh]] } }));
  }

  function afresh() {
    for (const field of texts()) put(field, field.defaultValue);
    if (boxes().length) tick(came());
    document.getElementById("notice").hidden = true;
    main().focus();
  }

  function forget() {
    for (const name of ["labels", ...texts().map((field) => field.name)]) localStorage.removeItem(place(name));
  }

  function prune() {
    const oldest = Date.now() - DAYS * 86400000;
    for (const key of Object.keys(localStorage))
      if (key.startsWith(START) && !(read(key)?.at > oldest)) localStorage.removeItem(key);
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!main().dataset.item || !main().contains(field)) return;
    if (field.matches("[name=labels]")) write("labels", ticked(), came());
    else if (field.matches("#comment, [data-draft]")) write(field.name, field.value, field.defaultValue);
  });
  document.addEventListener("seat:shown", shown);
  document.addEventListener("seat:answered", forget);
  prune();
  shown();
})();
