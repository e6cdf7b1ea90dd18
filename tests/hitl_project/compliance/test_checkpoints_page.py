"""What the page that verifies the book says of checkpoints, anchors and the server's own reach."""

import pytest

from audit import checkpoints
from audit.models import Checkpoint
from tests.audit import attacks
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora(settings):
    settings.HITL_SIGNING_KEY = attacks.SEED
    attacks.make()
    return signed_in("compliance", name="cora")


def test_all_checkpoints_are_fetched_as_the_command_takes_them(cora):
    answer = cora.get("/compliance/checking/checkpoints.jsonl")
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines() == [
        checkpoints.line(one.statement) for one in Checkpoint.objects.order_by("seal")
    ]


def test_the_page_says_where_checkpoints_went_and_what_the_server_could_do(cora, settings, tmp_path):
    page = cora.get("/compliance/checking/").content.decode()
    assert ("no anchor is set" in page, "it owns audit_auditevent" in page) == (True, True)
    settings.HITL_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    cora.post("/compliance/checking/sign/")
    page = cora.get("/compliance/checking/").content.decode()
    assert ("no anchor is set" in page, "Brought to the anchor file up to seal 4" in page) == (False, True)


def test_who_may_not_read_the_trail_gets_no_checkpoints(db):
    assert signed_in("leads").get("/compliance/checking/checkpoints.jsonl").status_code == 403
