"""What answers to the same items tell of each person: agreement with experts, and votes to count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.consensus.votes import UNKNOWN, Votes, Whole


@dataclass(frozen=True)
class Said:
    """One answer: to which item, by whom, whether as an expert or at a known question.

    `final` is the item's label as it stands; None where it has none.
    """

    item: Hashable
    person: int
    label: Any
    expert: bool = False
    known: bool = False
    final: Any = None


@dataclass
class Record:
    """How many of a person's answers were compared, and how many of these were right or agreed."""

    compared: int = 0
    agreed: int = 0


def against_experts(said: Iterable[Said], agree: Callable[[Any, Any], bool]) -> dict[int, Record]:
    """Return by person how often they said what an expert said of the same item.

    `agree(a, b)` says whether two labels agree. Where several experts answered an item, the first that is
    given counts.
    """
    found: dict[int, Record] = defaultdict(Record)
    by_item: dict[Hashable, list[Said]] = defaultdict(list)
    for one in said:
        by_item[one.item].append(one)
    for answers in by_item.values():
        expert = next((one for one in answers if one.expert), None)
        for one in answers if expert else ():
            if not one.expert and one.person != expert.person:
                found[one.person].compared += 1
                found[one.person].agreed += agree(one.label, expert.label)
    return dict(found)


@dataclass(frozen=True, eq=False)
class Counted:
    """Votes, the person behind each number, and the class of each item whose answer is known (else -1)."""

    votes: Votes
    people: tuple[int, ...]
    gold: Whole


def counted(said: Sequence[Said], classes: Sequence[str]) -> Counted:
    """Return the answers of people who are no experts as votes, on items that tell something of them.

    That is where two or more people answered, or where a known question or an expert tells the truth. Answers
    outside the classes are left out.
    """
    place = {name: number for number, name in enumerate(classes)}
    cast = [one for one in said if not one.expert and _place(place, one.label) != UNKNOWN]
    known = {one.item: _place(place, one.final) for one in said if one.expert or one.known}
    voters: dict[Hashable, set[int]] = defaultdict(set)
    for one in cast:
        voters[one.item].add(one.person)
    items = [item for item, who in voters.items() if len(who) > 1 or known.get(item, UNKNOWN) != UNKNOWN]
    at = {item: number for number, item in enumerate(items)}
    told = [one for one in cast if one.item in at]
    people = tuple(dict.fromkeys(one.person for one in told))
    number = {person: index for index, person in enumerate(people)}
    votes = Votes(
        np.array([at[one.item] for one in told], dtype=int),
        np.array([number[one.person] for one in told], dtype=int),
        np.array([place[one.label] for one in told], dtype=int),
        len(items),
        len(people),
        len(classes),
    )
    return Counted(votes, people, np.array([known.get(item, UNKNOWN) for item in items], dtype=int))


def _place(place: dict[str, int], label: Any) -> int:
    return place.get(label, UNKNOWN) if isinstance(label, str) else UNKNOWN
