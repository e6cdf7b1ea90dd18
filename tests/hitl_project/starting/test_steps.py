"""What the guide's pages ask of the database."""

import pytest
from django.urls import reverse

from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "asks"), [("start_data", False), ("start_people", False), ("start_of", True)]
)
def test_what_was_reviewed_is_looked_for_where_it_is_shown(posts, page, asks):
    factories.submit(to="posts", label="allow")
    client = signed_in("admins")
    with counted(most=40) as made:
        client.get(reverse(f"admin:{page}", args=[posts.pk]))
    assert any('FROM "labeling_review" ' in sql for sql in made) is asks
