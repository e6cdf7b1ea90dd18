"""Boxes and outlines for detectors: COCO (one JSON document) and YOLO (a zip with a text a picture)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import urlsplit

from labeling.exporting.records import ITEM, Head, Record, Tally, answer, dump
from routing import polygons

IN_MEMORY = 4_000_000  # bytes of annotations that wait in memory; more wait in a file
PIECE = 1 << 16
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same rows make the same file
UNSAFE = re.compile(r"[^\w.-]+")


def answered(records: Iterable[Record]) -> Iterator[tuple[Record, list[dict[str, Any]]]]:
    """Yield each item's record that has an answer, and its boxes."""
    for record in records:
        if record["record"] == ITEM and (said := answer(record)) is not None:
            yield record, said["label"]


def coco(head: Head, records: Iterable[Record], tally: Tally) -> Iterator[bytes]:
    """Yield a COCO document in pieces: ids from 1, boxes as x, y, width, height in pixels from the top left.

    What has an outline has it as its segmentation, x, y, x, y, …, and the outline's area. Rows are pictures,
    those without a box among them (cocodataset.org, "Data format").
    """
    numbers = {name: number for number, name in enumerate(head.spec.labels, start=1)}
    info = {"description": head.item_type, "date_created": head.made_at}
    yield b'{"info":' + dump(info) + b',"images":['
    count = 0
    # Pictures and boxes stand one after the other: boxes wait outside of memory meanwhile.
    with SpooledTemporaryFile(max_size=IN_MEMORY) as waiting:
        for record, label in answered(records):
            tally.rows += 1
            yield (b"," if tally.rows > 1 else b"") + dump(_picture(record, tally.rows))
            for one in label:
                count += 1
                # A class that the admin has taken away since is listed after the others.
                category = numbers.setdefault(one["label"], len(numbers) + 1)
                box = _coco_box(one, count, tally.rows, category)
                waiting.write((b"," if count > 1 else b"") + dump(box))
        yield b'],"annotations":['
        waiting.seek(0)
        while piece := waiting.read(PIECE):
            yield piece
    categories = [{"id": number, "name": name} for name, number in numbers.items()]
    yield b'],"categories":' + dump(categories) + b"}\n"


def _picture(record: Record, number: int) -> dict[str, Any]:
    payload = record["payload"]
    picture = {"id": number, "width": payload["width"], "height": payload["height"]}
    image = payload["image"]
    address = {} if image.startswith("data:") else {"coco_url": image}
    return picture | {"file_name": file_name(record), **address}


def _coco_box(one: dict[str, Any], number: int, picture: int, category: int) -> dict[str, Any]:
    x1, y1, x2, y2 = one["box"]
    box = {"id": number, "image_id": picture, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1]}
    outlined = "polygon" in one
    area = polygons.area(one["polygon"]) if outlined else (x2 - x1) * (y2 - y1)
    segments = [_corners(one)] if outlined else []
    box |= {"area": area, "segmentation": segments, "iscrowd": 0}
    return box | ({"score": one["score"]} if "score" in one else {})


def file_name(record: Record) -> str:
    """Return the picture's name: that of its address, else of its reference."""
    image = record["payload"]["image"]
    name = "" if image.startswith("data:") else urlsplit(image).path.rpartition("/")[2]
    return name or f"{_safe(record['item_ref'])}.{_extension(image)}"


def _extension(image: str) -> str:
    return image[len("data:image/") :].partition(";")[0] if image.startswith("data:image/") else "jpg"


def _safe(name: str) -> str:
    return UNSAFE.sub("_", name).strip(".") or "item"


def yolo(head: Head, records: Iterable[Record], tally: Tally) -> Iterator[bytes]:
    """Yield a zip in pieces: `classes.txt`, and for each picture `labels/REF.txt` with a line a box.

    A line is class number (from 0), centre and size, as shares of the picture's width and height
    (docs.ultralytics.com, "Object detection datasets"). Where one of a picture's boxes has an outline all its
    lines are class number and corners ("Instance segmentation datasets"), as a text is read as one or the
    other. A name that is taken already gets a number.
    """
    numbers = {name: number for number, name in enumerate(head.spec.labels)}
    out = _Pipe()
    taken: set[int] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for record, label in answered(records):
            tally.rows += 1
            name = _safe(record["item_ref"])
            while hash(name) in taken:
                name = f"{name}-{tally.rows}"
            taken.add(hash(name))
            lines = _yolo_lines(label, record["payload"], numbers)
            archive.writestr(zipfile.ZipInfo(f"labels/{name}.txt", EPOCH), lines)
            yield out.take()
        archive.writestr(zipfile.ZipInfo("classes.txt", EPOCH), "".join(f"{name}\n" for name in numbers))
    yield out.take()


def _yolo_lines(label: list[dict[str, Any]], payload: dict[str, Any], numbers: dict[str, int]) -> str:
    outlined = any("polygon" in one for one in label)
    size = (payload["width"], payload["height"])
    lines = []
    for one in label:
        places = _corners(one) if outlined else _centre_and_size(one)
        shares = [value / size[i % 2] for i, value in enumerate(places)]
        number = numbers.setdefault(one["label"], len(numbers))
        lines.append(" ".join([str(number), *map(repr, shares)]) + "\n")
    return "".join(lines)


def _corners(one: dict[str, Any]) -> list[float]:
    return [value for point in one.get("polygon") or polygons.corners(one["box"]) for value in point]


def _centre_and_size(one: dict[str, Any]) -> list[float]:
    x1, y1, x2, y2 = one["box"]
    return [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]


class _Pipe(io.RawIOBase):
    """What a zip writes into, given on in pieces; it can't be sought, so sizes follow their data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Take a piece."""
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what came since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
