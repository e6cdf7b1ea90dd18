"""The admin's pages of labeling: what people said, how good it is, and data in and out."""

from labeling.admin import (
    agreement,
    appeals,
    data,
    feedback,
    flags,
    golden,
    guidelines,
    influence,
    people,
    said,
)

__all__ = [
    "agreement",
    "appeals",
    "data",
    "feedback",
    "flags",
    "golden",
    "guidelines",
    "influence",
    "people",
    "said",
]
