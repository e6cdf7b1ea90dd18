"""The link of an item is made by this server alone, and ends with the right to dispute."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from routing import appealing
from routing.models import SubjectRights
from tests import factories

ITEM = uuid.UUID("019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11")


def test_a_token_names_its_item_and_no_letter_of_it_may_change():
    token = appealing.token(ITEM)
    assert appealing.item_of(token) == ITEM
    forged = appealing.token(uuid.uuid4()).partition(".")[0] + "." + token.partition(".")[2]
    assert [appealing.item_of(one) for one in (token[:-1], forged, "", ".", "a.b")] == [None] * 5


def test_a_token_outlives_its_secret_only_among_the_fallbacks(settings):
    token, old = appealing.token(ITEM), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    assert appealing.item_of(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert appealing.item_of(token) == ITEM


@pytest.mark.django_db
def test_only_a_decided_item_of_a_type_with_the_right_has_a_link(settings):
    settings.HITL_PUBLIC_URL = "https://hitl.example/"
    made = factories.item_type()
    waits, decided = factories.submit(0.85), factories.submit(0.99)
    assert (appealing.link(decided), appealing.until(decided)) == (None, None)
    SubjectRights.objects.create(item_type=made, appeal_days=2)
    found = [type(one).objects.get(pk=one.pk) for one in (waits, decided)]
    told = f"https://hitl.example/appeal/{appealing.token(decided.pk)}/"
    assert [appealing.link(one) for one in found] == [None, told]
    assert (appealing.until(found[1]) - decided.decided_at).days == 2


@pytest.mark.django_db
def test_what_is_erased_sooner_can_not_be_disputable_longer():
    rights = SubjectRights(item_type=factories.item_type(), retention_days=10, appeal_days=11)
    with pytest.raises(ValidationError) as refused:
        rights.full_clean()
    assert list(refused.value.message_dict) == ["appeal_days"]
    rights.appeal_days = 10
    rights.full_clean()
