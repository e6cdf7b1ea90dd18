"""COCO documents and YOLO archives, from records to numbers."""

import io
import json
import zipfile

from labeling.exporting.boxes import coco, file_name, yolo
from labeling.exporting.records import Head, Tally
from routing.kinds import TypeSpec

HEAD = Head("cars", TypeSpec("detection", labels=("car", "dog")), "2026-11-20T00:00:00+00:00")
CAR = {"label": "car", "box": [10, 20, 30, 60], "score": 0.5}
OUTLINED = {"label": "car", "box": [10, 20, 30, 60], "polygon": [[10, 20], [30, 20], [10, 60]]}
CAT = {"label": "cat", "box": [0, 0, 100, 80]}


def record(ref, *boxes, image="https://x.example/a/pic.png?x=1", answered=True):
    """Return a picture of 100 x 80 with these boxes."""
    labels = [{"id": "1", "ts": "1", "label": list(boxes)}] if answered else []
    return {
        "record": "item",
        "item_ref": ref,
        "payload": {"image": image, "width": 100, "height": 80},
        "labels": labels,
    }


def written(stream, *records):
    """Return what a format writes, and how many rows it counted."""
    tally = Tally()
    return b"".join(stream(HEAD, records, tally)), tally.rows


def test_coco_has_pictures_boxes_and_classes():
    data, rows = written(coco, record("a", CAR, CAT), record("b"), record("c", answered=False))
    found = json.loads(data)
    assert rows == 2
    assert found["info"] == {"description": "cars", "date_created": HEAD.made_at}
    picture = {"width": 100, "height": 80, "file_name": "pic.png"}
    address = {"coco_url": "https://x.example/a/pic.png?x=1"}
    assert found["images"] == [{"id": number} | picture | address for number in (1, 2)]
    assert found["categories"] == [
        {"id": 1, "name": "car"},
        {"id": 2, "name": "dog"},
        {"id": 3, "name": "cat"},
    ]
    common = {"image_id": 1, "segmentation": [], "iscrowd": 0}
    assert found["annotations"] == [
        {"id": 1, "category_id": 1, "bbox": [10, 20, 20, 40], "area": 800, "score": 0.5} | common,
        {"id": 2, "category_id": 3, "bbox": [0, 0, 100, 80], "area": 8000} | common,
    ]


def test_coco_of_nothing_is_a_document_too():
    data, rows = written(coco)
    assert (json.loads(data)["images"], json.loads(data)["annotations"], rows) == ([], [], 0)


def test_yolo_has_a_text_for_each_picture_and_the_classes():
    data, rows = written(yolo, record("a/b", CAR, CAT), record("a b"), record("c", answered=False))
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert (archive.testzip(), rows) == (None, 2)
    texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts == {
        "labels/a_b.txt": "0 0.2 0.5 0.2 0.5\n2 0.5 0.5 1.0 1.0\n",
        "labels/a_b-2.txt": "",
        "classes.txt": "car\ndog\ncat\n",
    }


def test_coco_has_outlines_as_segmentations_with_their_area():
    found = json.loads(written(coco, record("a", OUTLINED))[0])["annotations"]
    common = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0}
    outline = {"bbox": [10, 20, 20, 40], "area": 400.0, "segmentation": [[10, 20, 30, 20, 10, 60]]}
    assert found == [common | outline]


def test_yolo_writes_corners_for_all_of_a_picture_that_has_an_outline():
    data, _ = written(yolo, record("a", OUTLINED, CAT), record("b", CAR))
    archive = zipfile.ZipFile(io.BytesIO(data))
    corners = "0 0.1 0.25 0.3 0.25 0.1 0.75\n2 0.0 0.0 1.0 0.0 1.0 1.0 0.0 1.0\n"
    assert archive.read("labels/a.txt").decode() == corners
    assert archive.read("labels/b.txt").decode() == "0 0.2 0.5 0.2 0.5\n"


def test_the_same_rows_make_the_same_archive():
    assert written(yolo, record("a", CAR)) == written(yolo, record("a", CAR))


def test_a_picture_within_the_item_is_called_after_its_reference():
    assert file_name(record("../a b", image="data:image/jpeg;base64,xx")) == "_a_b.jpeg"
