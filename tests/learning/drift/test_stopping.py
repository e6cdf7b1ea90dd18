"""Automation that drift has stopped stays so, whatever certificates and configuration files say meanwhile."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from learning.drift import acting
from learning.models import DriftReport, LearningPlan
from routing import config, policies
from routing.certificates import guarding
from routing.errors import StaleProposal
from routing.models import ItemType
from routing.policies import stops
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db


def stop(made):
    """Stop automation of the item type for drift."""
    LearningPlan.objects.get_or_create(item_type=made, drift_tightens=True, drift_samples=False)
    report = DriftReport(item_type=made, model="clf@1", window=200, found={}, drifted=True, reasons=["moved"])
    report.save()
    acting.act(report, begins=True)
    return policies.latest(made)


def decisions(made, count: int, error: float) -> list:
    """Let decisions come, be answered and be certified; return the items."""
    items = certificates.submit(*certificates.scored(count, error=error))
    certificates.answer()
    guarding.run(made, now=later())
    return items


@pytest.fixture
def certified():
    """Return an item type that automates by a certificate, which is published by itself."""
    made = certificates.item_type(publish_certificates="automatic", early_items=0)
    decisions(made, 300, error=0.3)
    assert policies.latest(made).pure.certified["clf@1"]["*"] < 1
    return made


def test_what_certificates_prove_later_automates_nothing_until_a_person_lifts_it(certified):
    stopped = stop(certified)
    held = stopped.pure.certified
    items = decisions(certified, 600, error=0.05)
    now = policies.latest(certified)
    assert (now.number > stopped.number, now.published_by) == (True, "system:certifier")
    assert now.pure.certified["clf@1"]["*"] < held["clf@1"]["*"]
    assert {one.action for one in items} == {"human_review"}
    assert (now.pure.automate, stops.stopped()) == (False, [stopped])
    lifted = policies.put_forward(certified, reason="looked into it", by=factories.person("ada"))
    assert (lifted.pure.automate, lifted.pure.certified, stops.stopped()) == (True, now.pure.certified, [])
    assert certificates.submit([0.999], [False])[0].action == "auto_approve"


def test_a_proposal_from_before_the_stop_can_not_undo_it():
    made = factories.item_type("mail", four_eyes=True)
    ItemType.objects.update(audit_rate=0.07)
    asked = policies.put_forward(made, reason="more checks", by=factories.person("ada"))
    stopped = stop(made)
    with pytest.raises(StaleProposal):
        policies.approve(asked, why="fine", by=factories.person("bob"))
    assert stops.stopped() == [stopped]


def test_a_configuration_file_that_is_applied_again_lifts_no_stop(tmp_path):
    made = factories.item_type("mail")
    (tmp_path / "config.json").write_text(json.dumps(config.export()), encoding="utf-8")
    stopped, out = stop(made), StringIO()
    call_command("apply_config", tmp_path / "config.json", stdout=out)
    said = "not published: automation of mail was stopped: publish it in the admin\n"
    assert (out.getvalue(), policies.latest(made)) == (said, stopped)
