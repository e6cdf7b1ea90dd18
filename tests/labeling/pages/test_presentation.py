"""What the page of a seat shows of its labels and numbers."""

import pytest
from django.urls import reverse

from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def shown(**fields):
    """Return the page of one item's seat, and the context it was made from."""
    said = fields.pop("said")
    factories.item_type("one", **fields)
    factories.submit(0.85, to="one", payload={"text": "A flat."}, label=said)
    return signed_in("reviewers", name="rita").get(reverse("review-work"))


@pytest.mark.parametrize(("said", "text"), [(5.0, "5"), (7.25, "7.25"), (0.1 + 0.2, "0.30000000000000004")])
def test_a_number_begins_with_all_its_digits_and_its_unit_is_told(said, text):
    page = shown(kind="regression", labels=[], unit="k€", said=said)
    assert page.context["page"].filled_number == text
    assert page.content.decode().count('<span class="unit">k€</span>') == 2


@pytest.mark.parametrize(
    ("labels", "short"),
    [
        ([f"change limit {n}" for n in range(12)], True),
        ([f"reclassification {n}" for n in range(12)], False),
        ([f"{n}" for n in range(12)], False),
    ],
)
def test_many_labels_of_short_words_stand_in_columns(labels, short):
    assert shown(labels=labels, said=labels[0]).context["page"].short == short
