"""The texts of banking77 as a client's stream: each with the product that the customer was using."""

import random
from dataclasses import dataclass
from typing import Any

from bench import curves

SLUG = "banking"
PRODUCT = "top up"


@dataclass(frozen=True)
class Text:
    """One text of the data, and what it is."""

    ref: str
    text: str
    label: str

    @property
    def product(self) -> str:
        """Return what the customer was using, which a client knows."""
        return PRODUCT if "top" in self.label else "transfer" if "transfer" in self.label else "other"

    def body(self) -> dict[str, Any]:
        """Return the item as a client posts it."""
        payload, context = {"text": self.text}, {"product": self.product}
        return {"item_type": SLUG, "item_ref": self.ref, "payload": payload, "context": context}


def read(classes: int) -> list[Text]:
    """Return the texts in a random order that is always the same, those of `PRODUCT` among the classes."""
    texts, labels = curves.read("banking77")
    every = sorted(set(labels))
    ours = [name for name in every if "top" in name][: classes // 2]
    names = {*ours, *[name for name in every if "top" not in name][: classes - len(ours)]}
    rows = list(zip(texts, labels, strict=True))
    found = [Text(f"b-{at}", *row) for at, row in enumerate(rows) if row[1] in names]
    random.Random(0).shuffle(found)
    return found
