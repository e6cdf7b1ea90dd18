"""The demo's loop: digits arrive, people answer, a model is trained, judged and promoted, and again.

Where it stands is read from the rows, so a run that broke off goes on, and a finished one has nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.auth.models import User

from hitl_project.demo import figures, people, setting
from hitl_project.demo.digits import Digit
from hitl_project.demo.figures import Round, trigger
from hitl_project.demo.screen import Progress
from learning import tasks
from learning.models import Run, SamplingRun, TrainingRun
from routing import router
from routing.models import Assignment, Item, ItemType, Status
from routing.router import Entry

POOL = 80  # of the last arrivals this many are not to be decided but wait for the sampler's choice


@dataclass(frozen=True)
class Loop:
    """One run of the demo over the digits of the stream, in rounds; the last one is left to the visitor."""

    item_type: ItemType
    rounds: Sequence[Sequence[Digit]]
    truth: Sequence[Digit]
    team: Sequence[User]

    def run(self, progress: Progress) -> list[Round]:
        """Do what is still to be done and return the figures of every round."""
        last = len(self.rounds)
        for number, arrivals in enumerate(self.rounds, start=1):
            progress.say(f"round {number} of {last}")
            if number == last:
                self._leave_to_visitor(arrivals)
            elif not _done(TrainingRun, self.item_type, trigger(number)):
                self._turn(number, arrivals, progress)
            progress.done = sum(len(one) for one in self.rounds[:number]) * 2
            progress.step(0)
        return [
            figures.measure(self.item_type, number, arrivals, self.truth)
            for number, arrivals in enumerate(self.rounds, start=1)
        ]

    def _turn(self, number: int, arrivals: Sequence[Digit], progress: Progress) -> None:
        """Play one round: arrive, ask, answer, train, and judge what waited for a model."""
        router.submit(setting.SLUG, [_entry(digit) for digit in arrivals], by=setting.BY)
        progress.step(len(arrivals))
        if Item.objects.filter(item_type=self.item_type, status=Status.PENDING_AI).exists():
            tasks.sample(self.item_type.pk, trigger(number))
        truth = {digit.ref: digit.label for one in self.rounds for digit in one}
        people.answer_all(list(self.team), setting.SLUG, truth, self.item_type.labels, done=progress.step)
        tasks.retrain(self.item_type.pk, trigger(number))
        while router.judge_pending(self.item_type):
            pass

    def _leave_to_visitor(self, arrivals: Sequence[Digit]) -> None:
        """Let the last digits arrive and be routed, and have the sampler choose from those kept as a pool."""
        last = trigger(len(self.rounds))
        if _done(SamplingRun, self.item_type, last):
            return
        pool = min(POOL, len(arrivals) // 2)
        entries = [_entry(digit) for digit in arrivals[:-pool]]
        entries += [_entry(digit, pool=True) for digit in arrivals[-pool:]]
        router.submit(setting.SLUG, entries, by=setting.BY)
        tasks.sample(self.item_type.pk, last)


def split(stream: Sequence[Digit], rounds: int) -> list[Sequence[Digit]]:
    """Return the stream cut into rounds of one size, to a digit."""
    cuts = [round(len(stream) * part / rounds) for part in range(rounds + 1)]
    return [stream[start:end] for start, end in pairwise(cuts)]


def left(item_type: ItemType) -> int:
    """Return how many looks wait for somebody."""
    return Assignment.objects.open().filter(item_type=item_type).count()


def _done(kind: type[Run], item_type: ItemType, trigger: str) -> bool:
    return kind.objects.filter(item_type=item_type, trigger=trigger, status=kind.Status.DONE).exists()


def _entry(digit: Digit, *, pool: bool = False) -> Entry:
    return Entry(item_ref=digit.ref, payload=digit.payload, pool=pool)
