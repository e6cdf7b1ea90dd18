"use strict";
// The picture with its boxes: how near it is seen, what is drawn in it, and what a pointer draws and drags.
// Annotorious, which does the latter, is fetched when a pointer first comes near: keys do without it.
window.Viewer = (frame, hooks) => {
  const picture = frame.querySelector("[data-picture]"), canvas = frame.querySelector("[data-canvas]");
  const size = { width: Number(frame.dataset.width), height: Number(frame.dataset.height) };
  const NEAREST = 16, SVG = "http://www.w3.org/2000/svg";
  let annotator = null, scale = 1, whole = true, quiet = false, dragged = false, drawing = false;
  let drawn = { boxes: [], chosen: null }, shown = { boxes: [], chosen: null, corner: null };
  const make = (tag, of) => Object.assign(document.createElement(tag), of);
  const tags = make("div", { className: "tags" }), shapes = document.createElementNS(SVG, "svg");
  shapes.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  shapes.setAttribute("preserveAspectRatio", "none");
  shapes.setAttribute("class", "shapes");
  for (const layer of [shapes, tags]) layer.setAttribute("aria-hidden", "true");
  canvas.append(shapes, tags);

  // --- Size: the picture has this many screen pixels for each of its own ---
  const fitting = () => Math.min((frame.clientWidth - 2) / size.width, (frame.clientHeight - 2) / size.height);

  function zoom(to, at) {
    const before = scale, box = frame.getBoundingClientRect();
    const [x, y] = at ? [at.clientX - box.x, at.clientY - box.y] : middle();
    const across = (frame.scrollLeft + x) / before, down = (frame.scrollTop + y) / before;
    scale = Math.min(Math.max(to, fitting()), Math.max(NEAREST, fitting()));
    whole = scale === fitting();
    picture.style.width = `${size.width * scale}px`;
    picture.style.height = `${size.height * scale}px`;
    frame.scrollTo(across * scale - x, down * scale - y);
    label(shown.boxes, shown.chosen, shown.corner);
  }

  // Of the chosen box, where it is seen; else of what is seen.
  function middle() {
    const one = shown.boxes.find((each) => each.key === shown.chosen), [wide, high] = [frame.clientWidth, frame.clientHeight];
    const [x1, y1, x2, y2] = (one?.box ?? []).map((value) => value * scale);
    const [x, y] = [(x1 + x2) / 2 - frame.scrollLeft, (y1 + y2) / 2 - frame.scrollTop];
    return x > 0 && x < wide && y > 0 && y < high ? [x, y] : [wide / 2, high / 2];
  }

  const fit = () => zoom(0);
  const seen = () => {
    const x = frame.scrollLeft / scale, y = frame.scrollTop / scale;
    return [x, y, Math.min(size.width, x + frame.clientWidth / scale), Math.min(size.height, y + frame.clientHeight / scale)];
  };

  function reveal(one) {
    const [x1, y1, x2, y2] = one.box.map((value) => value * scale), margin = 24;
    const into = (start, length, from, to) => (from < start || to - from > length ? from - margin : to > start + length ? to - length + margin : start);
    frame.scrollTo(into(frame.scrollLeft, frame.clientWidth, x1, x2), into(frame.scrollTop, frame.clientHeight, y1, y2));
  }

  // --- What is drawn: a line around each box, its number and class above it, a dot at the corner in hand ---
  function label(boxes, chosen, corner = null) {
    shown = { boxes, chosen, corner };
    const bend = boxes.find((one) => one.key === chosen)?.polygon?.[corner];
    lines(boxes);
    names(boxes);
    canvas.querySelector(".corner-dot")?.remove();
    if (bend) tags.parentElement.append(put("corner-dot", bend));
  }

  const style = (one) => `tag-${one.colour % Boxes.COLOURS}${one.key === shown.chosen ? " chosen-box" : ""}`;

  function line(one, kind) {
    const made = document.createElementNS(SVG, "polygon");
    made.setAttribute("points", Boxes.points(one).join(" "));
    made.setAttribute("class", kind);
    return made;
  }

  const tagged = (one) => `${style(one)}${one.box[1] * scale < 20 ? " within" : ""}`;
  const lines = Boxes.shower(shapes, (one) => [style(one), Boxes.points(one)],
    (one) => [line(one, "halo"), line(one, style(one))]);
  const names = Boxes.shower(tags, (one, n) => [tagged(one), one.box, n, one.label],
    (one, n) => [put(tagged(one), one.box, `${n + 1} ${one.label}`)]);

  function put(kind, [x, y], said = "") {
    const made = make("span", { className: kind, textContent: said });
    made.style.left = `${(x / size.width) * 100}%`;
    made.style.top = `${(y / size.height) * 100}%`;
    return made;
  }

  // Annotorious tells of its own changes too: while it is told what to show, nobody else is.
  function draw(boxes, chosen, corner) {
    label(boxes, chosen, corner);
    if (!annotator) return;
    quiet = true;
    const other = boxes.filter((one, n) => one !== drawn.boxes[n]);
    if (other.length === 1 && boxes.length === drawn.boxes.length && chosen === drawn.chosen && other[0].key === chosen) {
      annotator.state.store.updateAnnotation(annotation(other[0]), "REMOTE"); // far faster than all of them anew
    } else {
      annotator.cancelSelected();
      annotator.setAnnotations(boxes.map(annotation), true);
      if (boxes.some((one) => one.key === chosen)) annotator.setSelected(`box-${chosen}`);
    }
    drawn = { boxes, chosen };
    quiet = false;
  }

  // --- Annotorious counts in the file's own pixels, which may be others than the item's ---
  const ratio = () => [picture.naturalWidth / size.width, picture.naturalHeight / size.height];
  const there = (points) => points.map(([x, y]) => [x * ratio()[0], y * ratio()[1]]);
  const back = (points) => points.map(([x, y]) => [x / ratio()[0], y / ratio()[1]]);

  function annotation(one) {
    const points = there(Boxes.points(one)), id = `box-${one.key}`, [minX, minY, maxX, maxY] = Boxes.bounds(points);
    const bounds = { minX, minY, maxX, maxY };
    const selector = one.polygon ? { type: "POLYGON", geometry: { points, bounds } }
      : { type: "RECTANGLE", geometry: { x: minX, y: minY, w: maxX - minX, h: maxY - minY, rot: 0, bounds } };
    return { id, bodies: [], target: { annotation: id, selector } };
  }

  function read({ type, geometry }) {
    if (type === "POLYGON") return Boxes.outlined(back(geometry.points), size);
    const { x, y, w, h } = geometry;
    return Boxes.boxed(Boxes.bounds(back([[x, y], [x + w, y + h]])), size);
  }

  const fine = () => matchMedia("(pointer: fine)").matches;
  const keyOf = (id) => (id?.startsWith("box-") ? Number(id.slice(4)) : null);

  // What a pointer has done is told once Annotorious has ended it, unless another item was shown meanwhile.
  const later = (act) => setTimeout(() => { if (!signal.aborted) act(); });

  function listen() {
    annotator.state.store.observe(({ changes }) => {
      for (const made of changes.created) later(() => hooks.made(read(made.target.selector)));
      for (const { newValue } of changes.updated) {
        dragged = true;
        hooks.dragged(keyOf(newValue.id), read(newValue.target.selector));
      }
    }, { origin: "LOCAL" });
    annotator.state.selection.subscribe(({ selected }) => {
      if (!quiet && !drawing && (!selected.length || keyOf(selected[0].id))) hooks.chosen(keyOf(selected[0]?.id));
    });
    canvas.addEventListener("pointerup", () => later(() => {
      if (dragged) hooks.dropped();
      dragged = false;
    }));
  }

  // The list beside the picture is what a keyboard and a screen reader go by; handles would only be in the way.
  function unreachable() {
    for (const one of canvas.querySelectorAll("[tabindex='0']")) one.setAttribute("tabindex", "-1");
  }

  const handles = new MutationObserver(unreachable);

  function equip() {
    if (annotator || !frame.isConnected || !picture.naturalWidth) return;
    annotator = Annotorious.createImageAnnotator(picture, { drawingEnabled: fine() });
    const layer = annotator.element.querySelector("svg");
    layer.setAttribute("aria-hidden", "true");
    unreachable();
    handles.observe(layer, { childList: true, subtree: true });
    quiet = true; // until it is told what is chosen
    listen();
    frame.setAttribute("data-equipped", "");
    outline(drawing);
    draw(shown.boxes, shown.chosen, shown.corner);
  }

  function fetchLibrary() {
    if (window.Annotorious) { equip(); return; }
    if (document.querySelector("script[data-annotorious]")) return;
    const script = make("script", { src: frame.dataset.library });
    script.setAttribute("data-annotorious", "");
    script.addEventListener("load", () => document.dispatchEvent(new CustomEvent("annotorious:here")));
    document.head.append(make("link", { rel: "stylesheet", href: frame.dataset.style }), script);
  }

  function outline(on) {
    drawing = on;
    frame.toggleAttribute("data-drawing", on);
    if (!annotator) { if (on) fetchLibrary(); return; }
    annotator.cancelSelected();
    annotator.cancelDrawing();
    annotator.setDrawingMode(on ? "click" : "drag");
    annotator.setDrawingTool(on ? "polygon" : "rectangle");
    annotator.setDrawingEnabled(on || fine());
  }

  // Annotorious deletes a chosen corner itself; the page's key would then delete all of the outline.
  let taken = false;
  canvas.addEventListener("keydown", () => { taken = Boolean(canvas.querySelector(".a9s-handle-dot.selected")); }, true);
  canvas.addEventListener("keydown", (event) => { if (taken && /^(Delete|Backspace)$/.test(event.key)) event.stopPropagation(); });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(scale * 1.0015 ** -event.deltaY, event);
  }, { passive: false });
  const watch = new ResizeObserver(() => { if (whole) fit(); });
  watch.observe(frame);
  const gone = new AbortController(), { signal } = gone;
  document.addEventListener("annotorious:here", equip, { signal });
  document.addEventListener("touchstart", fetchLibrary, { signal, passive: true, once: true });
  frame.addEventListener("pointerover", fetchLibrary, { once: true });

  const arrived = () => {
    frame.setAttribute("data-ready", "");
    if (window.Annotorious) equip();
  };
  const broken = () => { frame.querySelector("[data-broken]").hidden = false; };
  // A picture that came within the page came once: what others drew is shown upon the same one.
  for (const drawn of document.querySelectorAll("main [data-same]")) drawn.setAttribute("href", picture.src);
  picture.addEventListener("load", arrived);
  picture.addEventListener("error", broken);
  if (picture.complete) (picture.naturalWidth ? arrived : broken)();
  fit();

  return {
    size, draw, label, reveal, outline, fit, seen,
    nearer: () => zoom(scale * 1.5), farther: () => zoom(scale / 1.5),
    get drawing() { return drawing; },
    destroy() {
      watch.disconnect();
      handles.disconnect();
      gone.abort();
      annotator?.destroy();
    },
  };
};
