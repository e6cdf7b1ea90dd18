"""Only an expert who had no part in a decision is given its dispute."""

import pytest
from django.utils import timezone

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import experts
from labeling.models import Appeal, Label
from routing import assignments
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.disputes import automated, decided, disputable, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db


def test_who_has_looked_at_the_item_is_not_given_its_dispute(edgar):
    both = factories.person("bo", "reviewers", "experts")
    dispute(decided(both))
    assert assignments.claim(by=both) is None
    assert assignments.claim(by=edgar).purpose == "appeal"


def test_who_labelled_the_item_without_a_seat_is_passed_over(edgar):
    emma = factories.person("emma", "experts")
    item = automated()
    labelled(item, edgar)
    assert dispute(item).seat.meant_for == emma
    assert assignments.claim(by=edgar) is None
    assert assignments.claim(by=emma).purpose == "appeal"


def test_who_decided_without_a_seat_is_passed_over(edgar):
    factories.person("emma", "experts")
    item = automated()
    Item.objects.filter(pk=item.pk).update(decided_by="user:edgar")
    assert dispute(item).seat.meant_for.username == "emma"


def test_a_dispute_that_all_experts_had_a_part_in_is_stranded_until_another_joins(edgar):
    both = factories.person("bo", "reviewers", "experts")
    edgar.groups.clear()
    appeal = dispute(decided(both))
    assert experts.stranded() == [appeal]
    edgar.groups.set(both.groups.filter(name="experts"))
    assert experts.stranded() == []


def test_a_paused_expert_is_nobody_left(rita, edgar):
    appeal = dispute(decided(rita))
    assert experts.stranded() == []
    factories.limits(edgar, paused_at=timezone.now())
    assert experts.stranded() == [appeal]


def test_a_dispute_in_hand_is_not_stranded_though_nobody_else_is_left(rita, edgar):
    dispute(decided(rita))
    assignments.claim(by=edgar)
    assert experts.stranded() == []


def test_another_is_named_where_the_one_it_was_meant_for_leaves(edgar):
    emma, eve = factories.person("emma", "experts"), factories.person("eve", "experts")
    item = automated()
    Item.objects.filter(pk=item.pk).update(decided_by="user:edgar")
    first = dispute(item).seat.meant_for
    assert experts.name_again() == 0
    first.groups.clear()
    assert experts.name_again() == 1
    assert {first, Assignment.objects.get(purpose="appeal").meant_for} == {emma, eve}


def test_many_disputes_are_looked_through_in_as_many_statements_as_one(
    rita, edgar, django_assert_num_queries
):
    disputable()
    for _ in range(3):
        dispute(decided(rita))
    with django_assert_num_queries(6):
        assert experts.stranded() == []
    answer(edgar, "positive", comment="So it is.")
    with django_assert_num_queries(6):
        assert experts.stranded() == []


def labelled(item, user):
    """Give the item a label by this person from elsewhere."""
    said = {"label": "positive", "action": "edit", "source": "import"}
    Label.objects.create(item_type=item.item_type, item_ref=item.item_ref, item=item, user=user, **said)


def test_who_opened_the_dispute_does_not_decide_it(edgar):
    emma = factories.person("emma", "experts")
    assert dispute(automated(), by=edgar).seat.meant_for == emma
    appeal = dispute(automated(ref="r-2"), by="key:abcdefgh/emma")
    assert appeal.seat.meant_for == edgar


def test_whose_correction_was_given_again_does_not_decide_on_it(edgar):
    emma = factories.person("emma", "experts")
    item = automated()
    Item.objects.filter(pk=item.pk).update(signals={"corrected": {"by": "user:emma", "correction": 1}})
    assert dispute(item).seat.meant_for == edgar
    assert emma.pk not in experts.left([Appeal.objects.get()])[item.pk]


def test_who_had_decided_stays_out_though_another_decides_meanwhile(edgar):
    emma = factories.person("emma", "experts")
    item = automated()
    Item.objects.filter(pk=item.pk).update(decided_by="user:emma")
    appeal = dispute(item)
    Item.objects.filter(pk=item.pk).update(decided_by="user:somebody")
    assert experts.left([Appeal.objects.get()])[item.pk] == {edgar.pk}
    assert (experts.name_again(), appeal.seat.meant_for_id) == (0, edgar.pk)
    assert emma.pk != edgar.pk


def test_one_who_joins_the_experts_after_labelling_is_passed_over_from_the_next_turn(rita, edgar):
    item = automated()
    labelled(item, rita)
    assert dispute(item).seat.meant_for is None
    rita.groups.set(edgar.groups.all())
    assert experts.name_again() == 1
    assert (assignments.claim(by=rita), Assignment.objects.get().meant_for) == (None, edgar)


def test_who_had_a_part_can_not_answer_a_dispute_that_they_were_given(edgar):
    item = automated()
    labelled(item, edgar)
    dispute(item)
    seat = assignments.claim(by=edgar)
    with pytest.raises(experts.HadAPart):
        review.submit(seat.pk, Answer("edit", "negative", "So."), by=edgar)
    assert Appeal.objects.get().state == "open"
