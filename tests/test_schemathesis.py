"""The whole API as its document has it, thrown at by schemathesis on a live server, as every role."""

import os
from collections import defaultdict

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from audit import keys
from audit.scopes import SCOPES
from bench import servers
from routing.roles import ROLES
from tests import everything, factories
from tests.fuzzing.throwing import throw

# `HITL_FUZZ=20 pytest tests/test_schemathesis.py` throws twenty times as much.
MORE = int(os.environ.get("HITL_FUZZ", "1"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def key():
    """Return the headers of a key that may all, of a person with every role."""
    user = factories.person("everyone", *ROLES, everything.TEAM)
    _, text = keys.create_key(user, name="fuzz", scopes=list(SCOPES), by="system:test")
    return {"Authorization": f"Bearer {text}"}


def session(name):
    """Return the headers of a browser in which this person is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    token = "a" * 32
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    return {"Cookie": cookie, "X-CSRFToken": token}


def known(rows):
    """Return names of rows that there are, by the fields and parameters that take them."""
    found = defaultdict(list)
    for name in ("item", "appeal", "hold", "erasure"):
        found[f"{name}_id"] = [rows[name].pk]
    found |= {
        "item_type": [everything.HIDDEN, everything.OPEN],
        "seat_id": [rows["seat"]],
        "id": [rows["modelversion"].pk, rows["bundle"].pk],
        "name": ["all", "train", f"training-{rows['trainingrun'].pk}", f"sampling-{rows['samplingrun'].pk}"],
        "queue": ["reviews", "experts"],
        "model": [f"{everything.HIDDEN}@1", "clf@1"],
        "item_ref": [rows["item"].item_ref],
        "label": ["negative", "positive"],
        "user": ["everyone", "reviewer"],
    }
    return found


def test_no_request_that_a_machine_makes_up_meets_an_error_or_an_answer_unlike_the_document(tmp_path):
    rows = everything.build()
    document = tmp_path / "schema.yml"
    call_command("spectacular", file=str(document))
    callers = [key(), {}, *map(session, everything.ROLE_OF)]
    with servers.web() as address:
        thrown = throw(address, document, callers, known(rows), examples=5 * MORE)
    assert not thrown.failed, thrown.told
    assert thrown.cases > 2_000
