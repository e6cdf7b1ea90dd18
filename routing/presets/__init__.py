"""Presets for new item types: nine uses, each with fitting settings, rules and guidelines."""

from collections.abc import Mapping
from types import MappingProxyType

from routing.presets.agent_actions import AGENT_ACTIONS
from routing.presets.base import Preset, PresetRule
from routing.presets.content_moderation import CONTENT_MODERATION
from routing.presets.data_labelling import DATA_LABELLING
from routing.presets.document_extraction import DOCUMENT_EXTRACTION
from routing.presets.medical import MEDICAL
from routing.presets.pictures import PICTURES
from routing.presets.rag_answers import RAG_ANSWERS
from routing.presets.recommendation import RECOMMENDATION
from routing.presets.transactions import TRANSACTIONS

__all__ = ["PRESETS", "Preset", "PresetRule"]

_ALL = (
    CONTENT_MODERATION,
    DATA_LABELLING,
    DOCUMENT_EXTRACTION,
    TRANSACTIONS,
    MEDICAL,
    PICTURES,
    RAG_ANSWERS,
    RECOMMENDATION,
    AGENT_ACTIONS,
)
PRESETS: Mapping[str, Preset] = MappingProxyType({one.name: one for one in _ALL})
