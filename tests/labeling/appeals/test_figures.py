"""Disputes are counted by what became of them; the share overturned comes with its interval."""

import pytest

from labeling.appeals import figures, opening
from tests.labeling.disputes import decided, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db


def test_of_four_decided_disputes_one_changed_the_decision(rita, edgar):
    for label in ("positive", "positive", "positive", "negative"):
        dispute(decided(rita))
        answer(edgar, label, comment="Read again.")
    dispute(decided(rita))
    opening.withdraw(dispute(decided(rita)), by="subject")
    found = figures.figures("sentiment")
    counts = (found.opened, found.waiting, found.upheld, found.overturned, found.withdrawn)
    assert counts == (6, 1, 3, 1, 1)
    # Wilson's interval of 1 in 4: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    assert (found.rate, round(found.low, 4), round(found.high, 4)) == (0.25, 0.0456, 0.6994)
    assert figures.figures("other").opened == 0


def test_without_a_decided_dispute_there_is_no_rate(rita):
    dispute(decided(rita))
    found = figures.figures()
    assert (found.rate, found.low, found.high, found.hours) == (None, None, None, None)
