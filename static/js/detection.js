"use strict";
// The boxes of a picture as an answer: chosen, moved, named, added and taken away by keys, by the list and by pointer.
(() => {
  const MERGED_MS = 800, HISTORY = 100;
  let origin = null, viewer = null, boxes = [], chosen = null, corner = null, current = "", serial = 0;
  let rows = null, history = [], last = { what: "", at: 0 }, first = "", writing = false, speaking = 0;
  const main = () => document.getElementById("main");
  const one = (selector) => main().querySelector(selector);
  const all = (selector) => [...main().querySelectorAll(selector)];
  const field = () => one("[data-boxes]");
  const labels = () => all("[data-class]").map((button) => button.dataset.class);
  const box = () => boxes.find((each) => each.key === chosen);
  const place = () => boxes.findIndex((each) => each.key === chosen);

  // --- The answer: the field holds what is sent; unchanged boxes are sent as they came ---
  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null; // a draft that was cut off
    }
  }

  const bare = ({ key, colour, ...rest }) => rest;
  const named = (label) => ({ label, colour: labels().indexOf(label) });
  const text = () => JSON.stringify(boxes.map(bare));

  function load(said) {
    boxes = Boxes.read(said, labels()).map((each) => ({ ...each, ...named(each.label), key: ++serial }));
    chosen = corner = null;
  }

  function save() {
    const now = text();
    writing = true;
    field().value = now === first ? field().defaultValue : now;
    field().dispatchEvent(new Event("input", { bubbles: true }));
    writing = false;
  }

  // Presses that follow each other closely are one change to undo.
  function change(what, act) {
    const now = performance.now();
    if (what !== last.what || now - last.at > MERGED_MS) history = [...history, { boxes, chosen }].slice(-HISTORY);
    last = { what, at: now };
    act();
    save();
  }

  function undo() {
    if (!history.length) return;
    ({ boxes, chosen } = history.at(-1));
    history = history.slice(0, -1);
    last = { what: "", at: 0 };
    corner = null;
    save();
    show("Undone. ");
  }

  // A box that a person has changed is no longer what the model was so sure of.
  function replace(key, more) {
    boxes = boxes.map((each) => {
      if (each.key !== key) return each;
      const { score, ...rest } = each;
      return { ...rest, ...more };
    });
  }

  function add(shape) {
    change("add", () => {
      boxes = [...boxes, { ...named(current), ...shape, key: ++serial }];
      chosen = serial;
      corner = null;
    });
    show("Added. ");
  }

  // --- What can be done ---
  const acts = {
    box() {
      const [x1, y1, x2, y2] = viewer.seen(), wide = (x2 - x1) / 8, high = (y2 - y1) / 8;
      const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
      add(Boxes.boxed([x - wide, y - high, x + wide, y + high], viewer.size));
    },
    outline() {
      chosen = corner = null;
      viewer.outline(!viewer.drawing);
      show(viewer.drawing ? "Click each corner, and the first one again at the end. " : "");
    },
    cut() {
      const shape = box().polygon ? Boxes.split(box(), corner ?? 0, viewer.size) : Boxes.outlined(Boxes.corners(box().box), viewer.size);
      change("cut", () => replace(chosen, shape));
      corner = (corner ?? -1) + 1;
      show();
    },
    corner() {
      corner = ((corner ?? -1) + 1) % box().polygon.length;
      show();
    },
    remove() {
      const at = place(), bend = box().polygon && corner !== null && box().polygon.length > 3;
      change("remove", () => {
        if (bend) return replace(chosen, Boxes.without(box(), corner, viewer.size));
        boxes = boxes.filter((each) => each.key !== chosen);
        chosen = boxes[Math.min(at, boxes.length - 1)]?.key ?? null;
      });
      corner = bend ? corner % box().polygon.length : null;
      show("Removed. ");
    },
    undo,
    next_box: () => walk(1),
    previous_box: () => walk(-1),
    nearer: () => viewer.nearer(),
    farther: () => viewer.farther(),
    fit: () => viewer.fit(),
  };

  function walk(by) {
    if (!boxes.length) return;
    const at = place();
    pick(boxes[at < 0 ? (by > 0 ? 0 : boxes.length - 1) : (at + by + boxes.length) % boxes.length].key);
  }

  function pick(key) {
    chosen = key;
    corner = null;
    show();
    if (box()) viewer.reveal(box());
  }

  function name(label) {
    current = label;
    if (box() && box().label !== label) change(`name ${chosen}`, () => replace(chosen, named(label)));
    const find = one("[data-find]");
    if (find?.value) {
      find.value = "";
      find.dispatchEvent(new Event("input", { bubbles: true }));
      main().focus();
    }
    show();
  }

  // One step is a hundredth of what is seen: the nearer, the finer.
  function step() {
    const [x1, y1, x2, y2] = viewer.seen();
    return Math.max(1, Math.round(Math.max(x2 - x1, y2 - y1) / 100));
  }

  function arrow(event) {
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (right === undefined || !box() || event.altKey || event.metaKey) return;
    event.preventDefault();
    const by = event.ctrlKey ? 1 : step(), dx = right * by, dy = down * by;
    const shape = corner !== null ? Boxes.bent(box(), corner, dx, dy, viewer.size)
      : (event.shiftKey ? Boxes.resized : Boxes.moved)(box(), dx, dy, viewer.size);
    change(`arrows ${chosen} ${event.shiftKey} ${corner}`, () => replace(chosen, shape));
    show();
    viewer.reveal(box());
  }

  function leave() {
    if (viewer.drawing) viewer.outline(false);
    else if (corner !== null) corner = null;
    else chosen = null;
    show();
  }

  // --- What is seen ---
  function show(before = "") {
    viewer.draw(boxes, chosen, corner);
    tell(before);
  }

  function tell(before = "") {
    const held = document.activeElement?.dataset?.pick;
    rows(boxes);
    if (held) one(`[data-pick="${held}"]`)?.focus();
    follow(one(`[data-pick="${chosen}"]`));
    one("[data-count-boxes]").textContent = boxes.length === 1 ? "1 box" : `${boxes.length} boxes`;
    one("[data-of]").textContent = box() ? `Class of box ${place() + 1}` : "Class of the next box";
    for (const button of all("[data-class]"))
      button.setAttribute("aria-pressed", String(button.dataset.class === (box()?.label ?? current)));
    const may = { cut: box(), corner: box()?.polygon, remove: box(), undo: history.length, next_box: boxes.length, previous_box: boxes.length };
    for (const [act, can] of Object.entries(may)) one(`[data-do=${act}]`).disabled = !can;
    one("[data-do=outline]").setAttribute("aria-pressed", String(viewer.drawing));
    clearTimeout(speaking);
    const said = one("[data-said]");
    speaking = setTimeout(() => { said.textContent = before + (box() ? words(box(), place()) : ""); }, 300);
  }

  // Within the list alone: the page must not move.
  function follow(button) {
    const list = one("[data-list]");
    if (!button) return;
    const from = button.offsetTop - list.offsetTop, to = from + button.offsetHeight;
    list.scrollTop = Math.min(from, Math.max(list.scrollTop, to - list.clientHeight));
  }

  const extent = ([x1, y1, x2, y2]) => `${Math.round(x2 - x1)} × ${Math.round(y2 - y1)}`;

  const measure = (each) => `${each.polygon ? "outline, " : ""}${extent(each.box)}`;

  function words(each, n) {
    const [x, y] = each.box, bend = corner === null ? "" : `; corner ${corner + 1} of ${each.polygon.length}`;
    return `Box ${n + 1} of ${boxes.length}: ${each.label}, ${extent(each.box)} at ${Math.round(x)}, ${Math.round(y)}${bend}`;
  }

  function row(each, n) {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.dataset.pick = each.key;
    button.className = `row-of tag-${each.colour % Boxes.COLOURS}`;
    button.setAttribute("aria-pressed", String(each.key === chosen));
    const parts = [["b", n + 1], ["i", ""], ["span", each.label], ["small", measure(each)]];
    button.append(...parts.map(([tag, said]) => Object.assign(document.createElement(tag), { textContent: said })));
    item.append(button);
    return [item];
  }

  const hooks = {
    made(shape) {
      if (viewer.drawing) viewer.outline(false);
      add(shape);
    },
    dragged(key, shape) {
      change(`drag ${key}`, () => replace(key, shape));
      viewer.label(boxes, chosen);
      tell();
    },
    dropped: () => show(),
    chosen(key) {
      if (key === chosen) return;
      chosen = key;
      corner = null;
      viewer.label(boxes, chosen);
      tell();
    },
  };

  // --- A new item ---
  function shown() {
    if (origin === main()) return;
    viewer?.destroy();
    viewer = null;
    origin = main();
    const frame = one("[data-viewer]");
    if (!frame) return;
    const came = parsed(field().defaultValue);
    history = [];
    current = labels()[0];
    load(came);
    first = boxes.length === came?.length ? text() : "";
    if (field().value !== field().defaultValue) load(parsed(field().value));
    else if (!first) save();
    viewer = Viewer(frame, hooks);
    rows = Boxes.shower(one("[data-list]"), (each, n) => [n, each.label, each.key === chosen, measure(each)], row);
    show();
  }

  const writes = (target) => target.closest("input, textarea, select") || (one("[data-find]") && target.closest("[data-name]"));

  document.addEventListener("click", (event) => {
    if (!viewer) return;
    const button = event.target.closest("[data-do], [data-class], [data-pick]");
    if (!button) return;
    if (button.dataset.do) acts[button.dataset.do]();
    else if (button.dataset.class) name(button.dataset.class);
    else pick(Number(button.dataset.pick));
    if (event.detail) main().focus({ preventScroll: true }); // after a pointer's click Enter saves, and repeats nothing
  });
  document.addEventListener("keydown", (event) => {
    if (!viewer || event.isComposing || document.querySelector("dialog[open]") || writes(event.target)) return;
    if (event.key === "Escape") leave();
    else arrow(event);
  });
  // Annotorious undoes by itself on these keys, even while somebody writes a comment.
  addEventListener("keydown", (event) => {
    if (!viewer || !(event.ctrlKey || event.metaKey) || !/^[zy]$/i.test(event.key)) return;
    event.stopPropagation();
    if (event.key.toLowerCase() !== "z" || writes(event.target)) return;
    event.preventDefault();
    undo();
  }, true);
  document.addEventListener("input", (event) => {
    if (!viewer || writing || event.target !== field()) return;
    history = [...history, { boxes, chosen }];
    load(parsed(field().value));
    show();
  });
  document.addEventListener("seat:shown", shown);
  shown();
})();
