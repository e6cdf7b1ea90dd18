"""Presets for new item types: five uses, each with fitting settings, rules and guidelines."""

from collections.abc import Mapping
from types import MappingProxyType

from routing.presets.base import Preset, PresetRule
from routing.presets.content_moderation import CONTENT_MODERATION
from routing.presets.data_labelling import DATA_LABELLING
from routing.presets.document_extraction import DOCUMENT_EXTRACTION
from routing.presets.medical import MEDICAL
from routing.presets.rag_answers import RAG_ANSWERS

__all__ = ["PRESETS", "Preset", "PresetRule"]

_ALL = (CONTENT_MODERATION, DOCUMENT_EXTRACTION, MEDICAL, RAG_ANSWERS, DATA_LABELLING)
PRESETS: Mapping[str, Preset] = MappingProxyType({one.name: one for one in _ALL})
