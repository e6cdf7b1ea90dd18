"""A correction of a correction, a mere remark, and votes that are weighed: the item follows all the same."""

import numpy as np
import pytest

from audit.models import AuditEvent
from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.consensus.annotators import OneCoin
from labeling.models import Label, Review
from labeling.people import skills
from labeling.people.skills import Known
from labeling.quality import seconds
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.opinions import reviewers
from tests.labeling.quality import doubted

pytestmark = pytest.mark.django_db


def answer(by, label=None, *, action="edit"):
    """Claim the next seat as this person and answer it; return the seat."""
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer(action, label), by=by)
    return seat


def correct(seat, by, label=None, *, action="edit", **fields):
    """Correct the answer at this seat; return the item as stored."""
    item = correcting.correct(seat.pk, Answer(action, label, **fields), by=by)
    item.refresh_from_db()
    return item


def hidden_seat(item, purpose, by):
    """Let this person hold a look at a decided item that tests them."""
    assignments.ask([Want(item, purpose, item.item_type.queue)])
    return assignments.claim(by=by)


def test_a_remark_keeps_what_came_of_the_answer(rita, edgar):
    factories.item_type(validated_share=1.0)
    factories.submit(0.85)
    answer(rita, "positive")
    seat = answer(edgar, "positive")
    said = Review.objects.get(assignment=seat)
    correct(seat, edgar, "positive", comment="Clear.")
    after = Review.objects.get(assignment=seat)
    assert (after.comment, after.upholds, after.corrected_at) == ("Clear.", said.upholds, None)


@pytest.mark.parametrize(("purpose", "kept"), [("gold", (True, None)), ("seed", (None, True))])
def test_a_remark_at_a_look_that_tests_keeps_its_result(rita, purpose, kept):
    factories.item_type()
    item = factories.submit(0.97, label="negative")
    Item.objects.update(label="positive", decided_by="user:edgar")
    seat = hidden_seat(item, purpose, rita)
    review.submit(seat.pk, Answer("edit", "positive"), by=rita)
    correct(seat, rita, "positive", comment="Clear.")
    seat.refresh_from_db()
    assert (seat.review.right, seat.caught) == kept


def test_a_remark_leaves_the_label_and_less_certainty_replaces_it(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, "positive")
    correct(seat, rita, "positive", comment="Clear.")
    assert Label.objects.count() == 1
    correct(seat, rita, "positive", comment="Clear.", confidence=0.5)
    assert list(Label.objects.order_by("id").values_list("weight", flat=True)) == [1.0, 0.5]


@pytest.mark.parametrize("remark", [{"comment": "Hm."}, {"confidence": 0.5}])
def test_after_a_remark_another_answer_still_overturns(rita, remark):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, "positive")
    correct(seat, rita, "positive", **remark)
    item = correct(seat, rita, "negative")
    assert (item.label, Assignment.objects.filter(purpose="expert").count()) == ("negative", 0)


def test_after_a_remark_to_a_refusal_the_expert_is_still_called_back(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, action="reject")
    correct(seat, rita, action="reject", comment="Hm.")
    item = correct(seat, rita, "negative")
    assert (item.status, item.label) == ("approved", "negative")


def test_after_a_doubt_of_the_own_answer_another_answer_still_overturns(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, "positive")
    correct(seat, rita, action="reject")
    item = correct(seat, rita, "negative")
    assert (item.label, Assignment.objects.open().filter(item=item).count()) == ("negative", 0)


def test_a_validation_that_is_said_to_and_fro_is_counted_by_what_it_is_compared_with(rita, edgar):
    factories.item_type(validated_share=1.0)
    factories.submit(0.85)
    answer(rita, "positive")
    seat = answer(edgar, "negative")
    for label, upholds in (("positive", True), ("negative", False), ("positive", True)):
        assert correct(seat, edgar, label).label == label
        assert Review.objects.get(assignment=seat).upholds is upholds


@pytest.mark.parametrize("then", [{"label": "positive"}, {"action": "reject"}])
def test_what_a_check_takes_back_is_the_routers_decision_again(rita, then):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    item = correct(answer(rita, "negative"), rita, **then)
    assert (item.label, item.decided_by) == ("positive", "system:router")


def test_what_an_expert_has_upheld_since_stays(rita, edgar):
    factories.item_type(validated_share=1.0)
    factories.submit(0.85)
    seat = answer(rita, "positive")
    answer(edgar, "positive")
    item = correct(seat, rita, "negative")
    assert (item.label, Assignment.objects.open().count()) == ("positive", 0)
    assert not AuditEvent.objects.filter(verb="item.overturned").exists()


def test_of_numbers_that_agree_each_may_be_corrected_after_the_other(rita):
    price = {"kind": "regression", "labels": [], "minimum": 0, "maximum": 100}
    factories.item_type("price", agreement_tolerance=0.1, opinions_wanted=2, **price)
    item = factories.submit(0.85, to="price", label=50)
    (otto,) = reviewers("otto")
    mine, theirs = answer(rita, 50), answer(otto, 52)
    assert correct(theirs, otto, 51).label == 50
    correct(mine, rita, 90)
    assert factories.seat_of(item, "expert").closed_at is None


@pytest.mark.parametrize(("label", "outcome"), [("positive", "changed"), ("negative", "confirmed")])
def test_a_second_look_that_overturned_settles_its_flag_anew(label, outcome):
    made = factories.item_type(queue=factories.queue("experts", "experts"))
    rita, edgar = (factories.person(name, "experts") for name in ("rita", "edgar"))
    flag = doubted.flagged(rita)
    seconds.ask(made)
    seat = answer(edgar, "positive")
    flag.refresh_from_db()
    assert (flag.outcome, flag.item.label) == ("changed", "positive")
    correct(seat, edgar, "negative")
    item = correct(seat, edgar, label)
    flag.refresh_from_db()
    assert (flag.outcome, item.label) == (outcome, label)


class TestWeighed:
    """Everybody is right in three of four cases, Anna in 98 of 100."""

    @pytest.fixture
    def people(self, monkeypatch):
        people = reviewers("anna", "ben", "carl")
        index = {person.pk: at for at, person in enumerate(people)}
        right, classes = OneCoin(np.array([0.98, 0.75, 0.75]), 0.75, 2), ("negative", "positive")
        known = Known(right, index, classes, np.array([0.5, 0.5]))
        monkeypatch.setattr(skills, "load", lambda item_type: known)
        factories.item_type(ask_until_sure=True, sure_at=0.93)
        factories.submit(0.85)
        return people

    def test_a_corrected_vote_that_weighs_little_leaves_the_decision(self, people):
        anna, ben, _ = people
        seat = answer(ben, "negative")
        answer(anna, "negative")
        item = correct(seat, ben, "positive")
        assert (item.label, item.status) == ("negative", "approved")
        assert factories.seat_of(item, "overlap").user == anna
        assert not Assignment.objects.filter(purpose="expert").exists()

    def test_a_corrected_vote_that_weighs_much_turns_it(self, people):
        anna, ben, _ = people
        answer(ben, "negative")
        item = correct(answer(anna, "negative"), anna, "positive")
        assert (item.label, item.signals["consensus"]["label"]) == ("positive", "positive")
        told = AuditEvent.objects.get(verb="item.overturned").data
        assert told["consensus"] == item.signals["consensus"]

    def test_votes_that_decide_no_longer_ask_an_expert(self, people):
        _, ben, carl = people
        seats = [answer(ben, "negative"), answer(carl, "negative")]
        dora = answer(*reviewers("dora"), "negative")
        item = correct(seats[1], carl, "positive")
        assert dora.item_id == item.pk
        assert (item.label, factories.seat_of(item, "expert").closed_at) == ("negative", None)

    def test_where_nobody_is_left_to_ask_an_expert_decides(self, people):
        anna, *others = people
        anna.groups.clear()
        for person in others:
            answer(person, "negative" if person == others[0] else "positive")
        item = Item.objects.get()
        assert (item.status, Assignment.objects.open().get().purpose) == ("pending_expert", "expert")
        assert item.reasons[-1]["text"].startswith("nobody is left to ask: not settled yet")
