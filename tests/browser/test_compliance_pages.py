"""axe finds nothing to complain about on the compliance officer's pages, and none is too wide."""

import pytest

from audit import signing, trail
from audit.bundles import keeping
from audit.models import AuditEvent
from routing.roles import ensure_roles
from tests import factories
from tests.audit import attacks
from tests.browser.conftest import known_to
from tests.browser.looks import visited
from tests.labeling.looks import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(settings, rita):
    """The pages of a small book: an item with a long reference, which a person decided by a rule."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    ensure_roles(by="system:test")
    factories.item_type(rules=[{"name": "long", "when": "context.amount > 10"}])
    claim = factories.submit(0.95, ref="claim-" + "2026" * 30, context={"amount": 11})
    answer(factories.seat_of(claim), rita, "negative", comment="The invoice is missing.")
    trail.seal()
    signing.sign(by="system:test")
    bundle = keeping.ask(subject=f"routing.item:{claim.pk}", why="a dispute", by="user:cora")
    event = AuditEvent.objects.get(verb="review.submitted").pk
    pages = ("", "items/?q=cla", f"items/{claim.pk}/", "events/?verb=review.submitted", f"events/{event}/")
    pages += ("people/", "people/rita/", "filters/", "checking/", "bundles/", f"bundles/{bundle.pk}/")
    return [f"/compliance/{one}" for one in (*pages, "erasures/")]


def test_the_compliance_pages_have_no_violations_and_fit(open_page, addresses):
    page = open_page(reduced_motion="reduce")
    known_to(page, factories.person("cora", "compliance"))
    assert visited(page, *addresses) == {}
