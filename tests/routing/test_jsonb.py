"""JSON values are judged as the database keeps them."""

import json

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from routing.jsonb import as_stored

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70)
NESTED = st.recursive(
    NUMBERS | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs", "Cc"])), inner)
    ),
)


@pytest.mark.django_db
@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(NESTED)
def test_a_value_is_judged_as_the_database_gives_it_back(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [Jsonb(value)])
        stored = cursor.fetchone()[0]
    back = json.loads(stored) if isinstance(stored, str) else stored
    assert json.dumps(as_stored(value)) == json.dumps(back)
