"""What Amazon's services answer, as the context that rules read: form keys and moderation labels.

This file needs nothing but Python: a client may copy it. Shapes: AnalyzeDocument (Textract) and
DetectModerationLabels (Rekognition), as the SDKs write them (Name) and as A2I does (name).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Kept = TypeVar("Kept", str, list)
SAID = {str: "text", list: "list"}


def context(response: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `context` of an item from a service's response; empty where it is of neither service.

    `moderation_labels`: name, confidence and parent of each label. `form_keys`: of each key-value pair its
    key, value, confidence and those of the words of both. Confidences are 0 to 100, as Amazon's. Raises
    ValueError where the blocks are not of the shape that Amazon's have: half of a form misleads rules.
    """
    found: dict[str, Any] = {}
    labels = _get(response, "ModerationLabels")
    if isinstance(labels, list):
        found["moderation_labels"] = [
            {
                "name": _get(one, "Name"),
                "confidence": _get(one, "Confidence"),
                "parent": _get(one, "ParentName") or "",
            }
            for one in labels
        ]
    blocks = _get(response, "Blocks")
    if isinstance(blocks, list):
        found["form_keys"] = _form_keys(blocks)
    return found


def _form_keys(blocks: list[Any]) -> list[dict[str, Any]]:
    by_id = {_kept(one, "Id", str): one for one in blocks}
    pairs = []
    for block in blocks:
        if _get(block, "BlockType") != "KEY_VALUE_SET" or "KEY" not in _kept(block, "EntityTypes", list):
            continue
        key = _words(block, by_id)
        value = [word for one in _related(block, "VALUE", by_id) for word in _words(one, by_id)]
        pairs.append(
            {
                "key": " ".join(_kept(word, "Text", str) for word in key),
                "value": " ".join(_kept(word, "Text", str) for word in value),
                "confidence": _get(block, "Confidence"),
                "word_confidences": [_get(word, "Confidence") for word in (*key, *value)],
            }
        )
    return pairs


def _words(block: Any, by_id: Mapping[str, Any]) -> list[Any]:
    return [one for one in _related(block, "CHILD", by_id) if _get(one, "BlockType") == "WORD"]


def _related(block: Any, kind: str, by_id: Mapping[str, Any]) -> list[Any]:
    ids = [
        one
        for relation in _kept(block, "Relationships", list)
        if _get(relation, "Type") == kind
        for one in _kept(relation, "Ids", list)
    ]
    if not all(isinstance(one, str) for one in ids):
        raise ValueError("Each of the Ids of a relationship must be a text.")
    return [by_id[one] for one in ids if one in by_id]


def _kept(row: Any, name: str, kind: type[Kept]) -> Kept:
    """Return a field that must be of this kind; an empty one where it is left out."""
    value = _get(row, name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise ValueError(f"The {name} of a block must be a {SAID[kind]}.")
    return value


def _get(row: Any, name: str) -> Any:
    """Return a field by its name with a large or a small first letter."""
    if not isinstance(row, Mapping):
        return None
    return row.get(name, row.get(name[0].lower() + name[1:]))
