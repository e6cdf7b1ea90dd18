"""Names of seats and items that tell neither order nor age."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.urls import resolve, reverse

from audit.uuid7 import earliest, uuid7
from routing import names
from routing.models import Assignment

CAME = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("number", [0, 1, 2, 100_501, 2**24, 2**40 + 7, 2**48 - 1])
def test_a_name_leads_back_to_its_seat(number):
    assert names.seat_of(names.of_seat(number)) == number


def test_no_two_seats_have_one_name_and_order_tells_nothing():
    found = [names.of_seat(number) for number in range(1, 4_001)]
    assert (len(set(found)), max(found) < 2**48) == (4_000, True)
    rising = sum(one < other for one, other in pairwise(found))
    assert 1_850 < rising < 2_150  # half of them, give or take five standard errors


def test_what_is_no_name_leads_to_no_seat():
    assert names.seat_of(10**30) == 0


def test_addresses_carry_the_name():
    address = reverse("review-answer", args=[7])
    assert address == f"/review/seats/{names.of_seat(7)}/"
    assert resolve(address).kwargs == {"seat_id": 7}


@pytest.mark.parametrize(("purpose", "own"), [("review", True), ("audit", True), ("gold", False)])
def test_the_item_of_a_test_has_a_name_as_old_as_its_seat(purpose, own):
    item = uuid7()
    seat = Assignment(pk=7, item_id=item, purpose=purpose, created_at=CAME)
    found = names.of_item(seat)
    assert (found == item, found == names.of_item(seat), found.version) == (own, True, 7)
    assert own or found.int >> 80 == earliest(CAME).int >> 80
