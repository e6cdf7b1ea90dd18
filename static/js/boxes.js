"use strict";
// Boxes and outlines as numbers, in pixels of the picture: nothing here knows of a page.
window.Boxes = (() => {
  const COLOURS = 8; // of the style sheet
  const round = Math.round;
  const held = (value, low, high) => Math.min(high, Math.max(low, value));

  function bounds(points) {
    const across = points.map(([x]) => x), down = points.map(([, y]) => y);
    return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
  }

  const corners = ([x1, y1, x2, y2]) => [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];

  // A box of whole pixels, of at least one, within the picture.
  function boxed([x1, y1, x2, y2], size) {
    const left = held(round(Math.min(x1, x2)), 0, size.width - 1), top = held(round(Math.min(y1, y2)), 0, size.height - 1);
    const right = held(round(Math.max(x1, x2)), left + 1, size.width), bottom = held(round(Math.max(y1, y2)), top + 1, size.height);
    return { box: [left, top, right, bottom] };
  }

  function outlined(points, size) {
    const polygon = points.map(([x, y]) => [held(round(x), 0, size.width), held(round(y), 0, size.height)]);
    return { box: bounds(polygon), polygon };
  }

  const shape = (one, points, size) => (one.polygon ? outlined(points, size) : boxed(bounds(points), size));
  const points = (one) => one.polygon ?? corners(one.box);

  function moved(one, dx, dy, size) {
    const [x1, y1, x2, y2] = one.box;
    const right = held(dx, -x1, size.width - x2), down = held(dy, -y1, size.height - y2);
    return shape(one, points(one).map(([x, y]) => [x + right, y + down]), size);
  }

  // The top left stays where it is.
  function resized(one, dx, dy, size) {
    const [x1, y1, x2, y2] = one.box;
    const wide = held(x2 - x1 + dx, 1, size.width - x1) / (x2 - x1), high = held(y2 - y1 + dy, 1, size.height - y1) / (y2 - y1);
    return shape(one, points(one).map(([x, y]) => [x1 + (x - x1) * wide, y1 + (y - y1) * high]), size);
  }

  function bent(one, corner, dx, dy, size) {
    return outlined(one.polygon.map(([x, y], n) => (n === corner ? [x + dx, y + dy] : [x, y])), size);
  }

  // A new corner, halfway to the one that follows.
  function split(one, corner, size) {
    const [x1, y1] = one.polygon[corner], [x2, y2] = one.polygon[(corner + 1) % one.polygon.length];
    return outlined(one.polygon.toSpliced(corner + 1, 0, [(x1 + x2) / 2, (y1 + y2) / 2]), size);
  }

  const without = (one, corner, size) => outlined(one.polygon.toSpliced(corner, 1), size);

  const number = (value) => typeof value === "number" && Number.isFinite(value);
  const place = (value, length) => Array.isArray(value) && value.length === length && value.every(number);

  // What a model says may be odd: what can't be drawn is left out, and so counts as changed.
  function readable(one, labels) {
    if (!one || typeof one !== "object" || !labels.includes(one.label)) return false;
    if (Array.isArray(one.polygon)) return one.polygon.length > 2 && one.polygon.every((point) => place(point, 2));
    return place(one.box, 4) && one.box[0] < one.box[2] && one.box[1] < one.box[3];
  }

  const read = (said, labels) => (Array.isArray(said) ? said : [])
    .filter((one) => readable(one, labels))
    .map((one) => (one.polygon ? { ...one, box: bounds(one.polygon) } : one));

  // Lets a parent hold an element for each box, made anew only where what is shown of it (`sign`) has changed.
  function shower(parent, sign, make) {
    let held = new Map(), order = "";
    return (boxes) => {
      const before = held, keys = boxes.map((one) => one.key).join();
      held = new Map(boxes.map((one, n) => {
        const now = JSON.stringify(sign(one, n)), old = before.get(one.key);
        const elements = old?.now === now ? old.elements : make(one, n);
        if (keys === order && elements !== old.elements) old.elements.forEach((element, i) => element.replaceWith(elements[i]));
        return [one.key, { now, elements }];
      }));
      if (keys !== order) parent.replaceChildren(...[...held.values()].flatMap(({ elements }) => elements));
      order = keys;
    };
  }

  return { COLOURS, shower, bounds, corners, boxed, outlined, points, moved, resized, bent, split, without, read };
})();
