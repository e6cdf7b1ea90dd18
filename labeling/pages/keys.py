"""The keys of the review page: one for each act, as a person has them, and those that choose labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from string import ascii_lowercase

DIGITS = "123456789"
TYPED = "0123456789+-=.,"  # choose labels, begin a number, or zoom


@dataclass(frozen=True)
class Act:
    """One thing to do with a key: its usual key, what it does, and the kinds that know it (empty: all)."""

    name: str
    key: str
    does: str
    kinds: tuple[str, ...] = ()

    def meets(self, other: Act) -> bool:
        """Return whether both can be on one page."""
        return not self.kinds or not other.kinds or bool(set(self.kinds) & set(other.kinds))


@dataclass(frozen=True)
class Hint:
    """A key and what it does, on the pages of these kinds (empty: on all)."""

    key: str
    does: str
    kinds: tuple[str, ...] = ()


CHOOSING = ("classification", "entity_linking", "preference")
WRITTEN = ("generation", "agent_action")
DRAWN = ("detection",)
PICTURED = ("classification", "regression", "detection")
SEARCHED = ("classification", "entity_linking", "detection")
ACTS = {
    act.name: act
    for act in (
        Act("approve", "a", "Approve what the model said, or save: as Enter does"),
        Act("reject", "x", "Reject"),
        Act("escalate", "e", "Escalate to an expert"),
        Act("skip", "s", "Skip: give it back to others"),
        Act("undo", "z", "Correct the last answer, for a minute"),
        Act("comment", "c", "Comment; Esc leaves the field"),
        Act("guidelines", "g", "Bring the guidelines into sight"),
        Act("unsure", "u", "I am unsure; again to take it back"),
        Act("certain", "y", "I am certain; again to take it back"),
        Act("pause", "p", "Pause: give back the item; once more ends the sitting"),
        Act("help", "?", "The list of keys"),
        Act("find", "/", "Search; ↓ walks through what is found", SEARCHED),
        Act("again", ".", "The label that was chosen last, once more", ("classification",)),
        Act("new", "n", "A new entity", ("entity_linking",)),
        Act("edit", "i", "Edit the text or the arguments; Ctrl Enter saves it", WRITTEN),
        Act("ignore", "n", "Leave the action alone, without a word to the agent", ("agent_action",)),
        Act("sources", "o", "Show the sources that were not used", ("generation",)),
        Act("uncover", "v", "Uncover the picture, or cover it again", PICTURED),
        Act("box", "n", "A new box in the middle of what is seen", DRAWN),
        Act("outline", "o", "Draw an outline corner by corner; Esc stops", DRAWN),
        Act("next_box", "w", "The next box", DRAWN),
        Act("previous_box", "q", "The box before", DRAWN),
        Act("cut", "t", "Make an outline of a box; add a corner to an outline", DRAWN),
        Act("corner", "k", "The outline's next corner, which arrows then move", DRAWN),
        Act("fit", "f", "See the whole picture", DRAWN),
    )
}


# What is pressed without being anybody's to change.
FIXED = (
    Hint("Enter", "Approve what the model said, or save"),
    Hint("1 …", "Choose the label, candidate or answer that shows this key", CHOOSING),
    Hint("0", "None of these, or a tie", ("entity_linking", "preference")),
    Hint("Digits", "Begin the number; ↑ and ↓ change it a little", ("regression",)),
    Hint("1 …", "The class of the box, or of the next one", DRAWN),
    Hint("↑ → ↓ ←", "Move the box; with Shift its size; with Ctrl by one pixel", DRAWN),
    Hint("Delete", "Take the box away, or the outline's corner", DRAWN),
    Hint("+ -", "Nearer, farther", DRAWN),
    Hint("Ctrl Z", "Undo the last change of the boxes", DRAWN),
    Hint("Ctrl Enter", "Save from within a text or a search"),
    Hint("Esc", "Leave a field, so that keys are acts again"),
)


def listed(keys: Mapping[str, str]) -> list[Hint]:
    """Return every key of the review page as the help lists it, the fixed ones first."""
    return [*FIXED, *(Hint(keys[act.name], act.does, act.kinds) for act in ACTS.values())]


def usual() -> dict[str, str]:
    """Return the key of each act as it is until somebody changes it."""
    return {act.name: act.key for act in ACTS.values()}


def merged(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each act for somebody who has chosen these.

    Where an act that they left alone would share its usual key with one that they chose (an act that is new
    since), it gets a letter that no act has.
    """
    keys = usual() | {name: key for name, key in chosen.items() if name in ACTS}
    for one, other in _clashes(keys):
        spare = next(letter for letter in ascii_lowercase if letter not in keys.values())
        keys[one if other in chosen else other] = spare
    return keys


def problems(keys: Mapping[str, str]) -> dict[str, str]:
    """Return by act what is wrong with its key in a whole keymap; empty where it can be used."""
    found = {name: said for name, key in keys.items() if (said := _unfit(ACTS[name], key))}
    for one, other in _clashes(keys):
        found.setdefault(one, f"“{ACTS[other].does}” has this key too.")
        found.setdefault(other, f"“{ACTS[one].does}” has this key too.")
    return found


def reserved(keys: Mapping[str, str], kind: str) -> frozenset[str]:
    """Return the keys that acts have on this kind's page, so that no label gets them."""
    return frozenset(keys[act.name] for act in ACTS.values() if not act.kinds or kind in act.kinds)


def label_keys(labels: Sequence[str], taken: Collection[str]) -> list[str | None]:
    """Return one lower-case key for each label, in order; None where the keys have run out.

    A label that is itself one digit or letter that is not taken keeps it, so that the digit 7 is chosen by 7.
    The others get 1 to 9 in the order in which they are shown, then the letters that are not taken.
    """
    own = {}
    for label in labels:
        key = label.lower()
        if len(key) == 1 and key.isascii() and key.isalnum() and key not in taken:
            own.setdefault(key, label)
    holders = {label: key for key, label in own.items()}
    free = iter([key for key in DIGITS + ascii_lowercase if key not in own and key not in taken])
    return [holders[label] if label in holders else next(free, None) for label in labels]


def _clashes(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of acts that share a key and a page, as `keys` stands when each is reached."""
    for one, other in combinations(keys, 2):
        if keys[one] == keys[other] and ACTS[one].meets(ACTS[other]):
            yield one, other


def _unfit(act: Act, key: str) -> str:
    if key == act.key:
        return ""
    if len(key) != 1 or not key.isprintable() or key.isspace():
        return "Give one character."
    return "Digits and + - = . , choose labels, begin a number or zoom." if key in TYPED else ""
