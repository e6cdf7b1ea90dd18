"use strict";
// The picture with its boxes: how near it is seen, and what is drawn and dragged with the pointer (Annotorious).
window.Viewer = (frame, hooks) => {
  const picture = frame.querySelector("[data-picture]"), canvas = frame.querySelector("[data-canvas]");
  const size = { width: Number(frame.dataset.width), height: Number(frame.dataset.height) };
  const COLOURS = 8, NEAREST = 16;
  let annotator = null, scale = 1, whole = true, quiet = false, dragged = false, drawing = false;
  let shown = { boxes: [], chosen: null };
  const tags = document.createElement("div");
  tags.className = "tags";
  tags.setAttribute("aria-hidden", "true");

  // --- Size: the picture has this many screen pixels for each of its own ---
  const fitting = () => Math.min((frame.clientWidth - 2) / size.width, (frame.clientHeight - 2) / size.height);

  function zoom(to, at) {
    const before = scale, box = frame.getBoundingClientRect();
    const x = at ? at.clientX - box.x : frame.clientWidth / 2, y = at ? at.clientY - box.y : frame.clientHeight / 2;
    const across = (frame.scrollLeft + x) / before, down = (frame.scrollTop + y) / before;
    scale = Math.min(Math.max(to, fitting()), Math.max(NEAREST, fitting()));
    whole = scale === fitting();
    picture.style.width = `${size.width * scale}px`;
    picture.style.height = `${size.height * scale}px`;
    frame.scrollTo(across * scale - x, down * scale - y);
  }

  const fit = () => zoom(0);
  const seen = () => {
    const x = frame.scrollLeft / scale, y = frame.scrollTop / scale;
    return [x, y, Math.min(size.width, x + frame.clientWidth / scale), Math.min(size.height, y + frame.clientHeight / scale)];
  };

  // --- Boxes: Annotorious counts in the file's own pixels, which may be others than the item's ---
  const ratio = () => [picture.naturalWidth / size.width, picture.naturalHeight / size.height];
  const there = (points) => points.map(([x, y]) => [x * ratio()[0], y * ratio()[1]]);
  const back = (points) => points.map(([x, y]) => [x / ratio()[0], y / ratio()[1]]);
  const bounds = ([minX, minY, maxX, maxY]) => ({ minX, minY, maxX, maxY });
  const name = (one) => `c${one.colour % COLOURS}-${one.key}`;

  function annotation(one) {
    const points = there(Boxes.points(one)), box = Boxes.bounds(points), id = name(one);
    const [x, y] = box;
    const selector = one.polygon ? { type: "POLYGON", geometry: { points, bounds: bounds(box) } }
      : { type: "RECTANGLE", geometry: { x, y, w: box[2] - x, h: box[3] - y, rot: 0, bounds: bounds(box) } };
    return { id, bodies: [], target: { annotation: id, selector } };
  }

  function read({ type, geometry }) {
    if (type === "POLYGON") return Boxes.outlined(back(geometry.points), size);
    const [x, y] = [geometry.x, geometry.y];
    return Boxes.boxed(Boxes.bounds(back([[x, y], [x + geometry.w, y + geometry.h]])), size);
  }

  // Annotorious tells of its own changes too: while it is told what to show, nobody else is.
  function draw(boxes, chosen) {
    shown = { boxes, chosen };
    label();
    if (!annotator) return;
    quiet = true;
    annotator.cancelSelected();
    annotator.setAnnotations(boxes.map(annotation), true);
    const one = boxes.find((each) => each.key === chosen);
    if (one) annotator.setSelected(name(one));
    quiet = false;
    unreachable();
  }

  // The list beside the picture is what a keyboard and a screen reader go by; handles would only be in the way.
  function unreachable() {
    const layer = canvas.querySelector(".a9s-annotationlayer");
    layer.setAttribute("aria-hidden", "true");
    for (const one of [layer, ...layer.querySelectorAll("[tabindex]")]) one.setAttribute("tabindex", "-1");
  }

  function label() {
    tags.replaceChildren(...shown.boxes.map((one, n) => {
      const tag = document.createElement("span");
      tag.className = `tag-${one.colour % COLOURS}${one.key === shown.chosen ? " chosen-box" : ""}`;
      tag.textContent = `${n + 1} ${one.label}`;
      tag.style.left = `${(one.box[0] / size.width) * 100}%`;
      tag.style.top = `${(one.box[1] / size.height) * 100}%`;
      return tag;
    }));
  }

  function reveal(one) {
    const [x1, y1, x2, y2] = one.box.map((value) => value * scale), margin = 24;
    const into = (start, length, from, to) => (from < start || to - from > length ? from - margin : to > start + length ? to - length + margin : start);
    frame.scrollTo(into(frame.scrollLeft, frame.clientWidth, x1, x2), into(frame.scrollTop, frame.clientHeight, y1, y2));
  }

  function outline(on) {
    drawing = on;
    if (!annotator) return;
    annotator.cancelSelected();
    annotator.cancelDrawing();
    annotator.setDrawingMode(on ? "click" : "drag");
    annotator.setDrawingTool(on ? "polygon" : "rectangle");
    annotator.setDrawingEnabled(on || fine());
    frame.toggleAttribute("data-drawing", on);
  }

  const fine = () => matchMedia("(pointer: fine)").matches;

  // --- What the pointer does ---
  function listen() {
    annotator.state.store.observe(({ changes }) => {
      for (const made of changes.created) setTimeout(() => hooks.made(read(made.target.selector)));
      for (const { newValue } of changes.updated) {
        dragged = true;
        hooks.dragged(Number(newValue.id.split("-")[1]), read(newValue.target.selector));
      }
    }, { origin: "LOCAL" });
    annotator.state.selection.subscribe(({ selected }) => {
      if (quiet || drawing) return;
      const id = selected[0]?.id ?? "";
      if (!id) hooks.chosen(null);
      else if (/^c\d-\d+$/.test(id)) hooks.chosen(Number(id.split("-")[1]));
    });
    canvas.addEventListener("pointerup", () => setTimeout(() => {
      if (dragged) hooks.dropped();
      dragged = false;
    }));
  }

  function ready() {
    if (annotator || !frame.isConnected || !picture.naturalWidth) return;
    annotator = Annotorious.createImageAnnotator(picture, { drawingEnabled: fine() });
    annotator.element.append(tags);
    listen();
    fit();
    frame.setAttribute("data-ready", "");
    draw(shown.boxes, shown.chosen);
  }

  // Annotorious deletes a chosen corner itself; the page's key would then delete all of the outline.
  let corner = false;
  canvas.addEventListener("keydown", () => { corner = Boolean(canvas.querySelector(".a9s-handle-dot.selected")); }, true);
  canvas.addEventListener("keydown", (event) => { if (corner && /^(Delete|Backspace)$/.test(event.key)) event.stopPropagation(); });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(scale * 1.0015 ** -event.deltaY, event);
  }, { passive: false });
  const watch = new ResizeObserver(() => { if (whole) fit(); });
  watch.observe(frame);

  if (picture.complete) ready();
  picture.addEventListener("load", ready);
  const broken = () => { frame.querySelector("[data-broken]").hidden = false; };
  if (picture.complete && !picture.naturalWidth) broken();
  picture.addEventListener("error", broken);

  return {
    size, draw, label: (boxes, chosen) => { shown = { boxes, chosen }; label(); }, reveal, outline, fit, seen,
    nearer: () => zoom(scale * 1.5), farther: () => zoom(scale / 1.5),
    get drawing() { return drawing; },
    destroy() { watch.disconnect(); annotator?.destroy(); },
  };
};
