"""Where in an image which things are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing import polygons
from routing.kinds.base import Kind, TypeSpec, check_choice, check_labels
from routing.kinds.cells import PICTURE
from routing.similarity import matched, overlaps
from routing.values import Findings, called, is_number

MAX_BOXES = 1_000
MAX_CORNERS = 200  # of one polygon
MAX_SIDE = 100_000  # pixels
PAIRS_EACH = 4  # of polygons compared exactly, for each shape: the time goes by their number alone
HIT = 0.5  # intersection over union from which two boxes mean the same thing
OWN_FIELDS = ("image", "width", "height")

Marked = dict[str, Any]
Size = tuple[int, int]


class Detection(Kind):
    """A label is a list of {label, box: [x1, y1, x2, y2], polygon?: [[x, y], …], score?}; it may be empty.

    All places are pixels from the top left. What has a polygon has its bounds as its box.
    """

    name = "detection"
    exact = False
    closeness = "iou"
    label_fields = ("width", "height")
    cells = PICTURE
    own_fields = OWN_FIELDS
    _telling = ("text", "title")

    def clean_spec(self, spec: TypeSpec) -> None:
        """Raise KindErrors unless there is a class to look for."""
        findings = Findings()
        check_labels(spec, 1, findings)
        findings.raise_any()

    def writes_labels_as_json(self, spec: TypeSpec) -> bool:
        """Return True: a label is a list."""
        return True

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return one minus the mean intersection over union of matched boxes; one without a match counts 0.

        Those of a class are matched one to one so that the sum is largest; those of different classes never.
        Where either of a pair is a polygon their shapes are compared, else their boxes.
        """
        names = {one["label"] for one in (*a, *b)}
        pairs = [(_of(a, name), _of(b, name)) for name in names]
        total = sum(max(len(p), len(q)) for p, q in pairs)
        if total == 0:
            return 0.0
        return min(1.0, max(0.0, 1.0 - sum(matched(_table(p, q)) for p, q in pairs) / total))

    def hits(self, a: Any, b: Any) -> tuple[int, int]:
        """Return how many boxes of both have a partner of their class at an overlap of HIT, and all boxes.

        As many one-to-one pairs as there can be (Everingham et al., "The PASCAL VOC challenge", 2010, with
        neither side as the truth).
        """
        names = {one["label"] for one in (*a, *b)}
        tables = [_table(_of(a, name), _of(b, name)) for name in names]
        return 2 * round(sum(matched((table >= HIT).astype(float)) for table in tables)), len(a) + len(b)

    def classes(self, spec: TypeSpec) -> tuple[str, ...]:
        """Return the type's labels in the admin's order."""
        return spec.labels

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the image's address and its size in pixels."""
        return {name: payload[name] for name in OWN_FIELDS}

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the classes of the boxes, each once."""
        return tuple(sorted({one["label"] for one in label}))

    def describe(self, label: Any) -> str:
        """Return how many boxes of which class."""
        if not isinstance(label, list) or not all(isinstance(one, dict) for one in label):
            return super().describe(label)
        counts = sorted(Counter(str(one.get("label")) for one in label).items())
        return ", ".join(f"{number} × {name}" for name, number in counts) or "no boxes"

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        findings.image(payload.get("image"), "payload.image")
        for name in ("width", "height"):
            findings.number(payload.get(name), f"payload.{name}", low=1, high=MAX_SIDE, whole=True)
        return OWN_FIELDS

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not isinstance(label, list) or len(label) > MAX_BOXES:
            findings.add("label", "invalid", f"Send a list of at most {MAX_BOXES:,} boxes; it may be empty.")
            return label
        size = (MAX_SIDE, MAX_SIDE)
        if payload and payload.get("width") is not None:  # of an erased item it is no longer known
            size = (payload["width"], payload["height"])
        return [_clean(one, f"label.{i}", size, spec, findings) for i, one in enumerate(label)]


def _of(label: list[Marked], name: str) -> list[Marked]:
    return [one for one in label if one["label"] == name]


def _table(a: list[Marked], b: list[Marked]) -> NDArray[np.float64]:
    """Return the intersection over union of each of `a` with each of `b`, shape (len(a), len(b)).

    Polygons are compared by their shapes where their bounds meet; in a heap of many those whose bounds meet
    best, and the others by their bounds.
    """
    if not a or not b:
        return np.zeros((len(a), len(b)))
    table = overlaps([one["box"] for one in a], [one["box"] for one in b])
    shaped = np.logical_or.outer(*(["polygon" in one for one in side] for side in (a, b)))
    meet = np.flatnonzero((table > 0) & shaped)
    best = meet[np.argsort(-table.flat[meet], kind="stable")][: PAIRS_EACH * (len(a) + len(b))]
    for i, j in zip(*np.unravel_index(best, table.shape), strict=True):
        table[i, j] = polygons.overlap(_shape(a[i]), _shape(b[j]))
    return table


def _shape(one: Marked) -> polygons.Polygon:
    return one.get("polygon") or polygons.corners(one["box"])


def _clean(one: Any, attr: str, size: Size, spec: TypeSpec, findings: Findings) -> Any:
    """Return the box or polygon cut to the image, since detectors point a little beyond its edge."""
    if not isinstance(one, dict):
        findings.add(attr, "invalid", f"Send {{label, box}}, not {called(one)}.")
        return one
    check_choice(one.get("label"), spec.labels, f"{attr}.label", findings)
    clean = {"label": one.get("label"), "box": one.get("box")}
    if one.get("score") is not None and findings.number(one["score"], f"{attr}.score", low=0, high=1):
        clean["score"] = one["score"]
    if one.get("polygon") is not None:
        return clean | _clean_polygon(one["polygon"], f"{attr}.polygon", size, findings)
    box = one.get("box")
    if not isinstance(box, list) or len(box) != 4 or not all(map(is_number, box)):
        findings.add(f"{attr}.box", "invalid", "Send [x1, y1, x2, y2] in pixels.")
        return clean
    clean["box"] = _cut(box, size)
    x1, y1, x2, y2 = clean["box"]
    if x1 >= x2 or y1 >= y2:
        findings.add(f"{attr}.box", "out_of_range", "A box needs x1 < x2 and y1 < y2 within the image.")
    return clean


def _clean_polygon(polygon: Any, attr: str, size: Size, findings: Findings) -> Marked:
    """Return the polygon, each corner moved into the image, and its bounds as the box."""
    if not isinstance(polygon, list) or not 3 <= len(polygon) <= MAX_CORNERS:
        findings.add(attr, "invalid", f"Send 3 to {MAX_CORNERS} corners [x, y] in pixels.")
        return {}
    if not all(isinstance(p, list) and len(p) == 2 and all(map(is_number, p)) for p in polygon):
        findings.add(attr, "invalid", "Each corner is [x, y] in pixels.")
        return {}
    cut = [_cut(point, size) for point in polygon]
    if polygons.area(cut) <= 0:
        findings.add(attr, "out_of_range", "A polygon needs an area within the image.")
    return {"box": polygons.bounds(cut), "polygon": cut}


def _cut(values: Sequence[float], size: Size) -> list[float]:
    """Return x, y, x, y, … held within the image."""
    return [min(max(value, 0), size[i % 2]) for i, value in enumerate(values)]
