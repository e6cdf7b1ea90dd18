"""The compliance officer alone, in a real browser: from an item's reference to a bundle anybody can check."""

import subprocess
import sys
import zipfile

import pytest

from audit import signing, tasks, trail, verifying
from audit.models import AuditEvent, Bundle, Verification
from routing import policies
from routing.roles import ensure_roles
from tests import factories
from tests.audit import attacks
from tests.browser.conftest import known_to, sign_in
from tests.labeling.looks import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def item(rita, settings):
    """An item that rita decided by a rule, sealed and signed; a newer policy would let it pass."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    ensure_roles(by="system:test")
    made = factories.item_type(rules=[{"name": "long", "when": "context.amount > 10"}])
    claim = factories.submit(0.95, ref="claim 2026/17", context={"amount": 11})
    answer(factories.seat_of(claim), rita, "negative", comment="The invoice is missing.")
    made.rules.all().delete()
    policies.publish(made, reason="amounts matter no more", by="user:ada")
    trail.seal()
    signing.sign(by="system:test")
    claim.refresh_from_db()
    return claim


@pytest.fixture
def cora(db):
    """The compliance officer."""
    return factories.person("cora", "compliance")


def at(page):
    """Return what the main part of the page says."""
    return page.locator("#main").inner_text()


def fetched(page, words, to):
    """Click what has this name and return where the file that comes lies now."""
    with page.expect_download() as download:
        page.get_by_role("link", name=words).first.click()
    path = to / download.value.suggested_filename
    download.value.save_as(path)
    return path


def checked(program, bundle, *options):
    """Return the exit status and what the verifier said, run on its own and without our environment."""
    run = subprocess.run(
        [sys.executable, "-I", program, bundle, *options], capture_output=True, text=True, env={}, timeout=60
    )
    return run.returncode, run.stdout + run.stderr


def test_from_a_reference_to_the_story_and_what_would_come_of_it_today(open_page, cora, item):
    page = open_page()
    sign_in(page, cora)
    page.get_by_role("link", name="Compliance").first.click()
    page.get_by_role("link", name="Items", exact=True).click()
    page.locator("[name=q]:focus").wait_for()
    page.keyboard.type("claim 2026/17")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/compliance/items/{item.pk}/")
    story = at(page)
    for words in (
        "It was approved as “negative”",
        "A person was involved: the answer of rita settled it.",
        "Rule “long” (business) as it read then",
        "They saw the model’s suggestion: “positive”, 95.0 % sure, by clf@1.",
        "The invoice is missing.",
        "No. By policy 2, which is in force today: approved without a person",
        "seal 1 · signed",
    ):
        assert words in story, words
    (read,) = AuditEvent.objects.filter(verb="story.read")
    assert (read.actor, read.subject_id) == ("user:cora", str(item.pk))


def test_the_book_is_verified_by_a_button_and_its_verdict_comes_by_itself(open_page, cora, item):
    page = open_page()
    known_to(page, cora)
    page.goto("/compliance/")
    page.get_by_role("link", name="Verify", exact=True).click()
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text("Waiting for a worker").wait_for()
    tasks.verify(Verification.objects.get().pk)
    page.get_by_role("heading", name="The book is intact").wait_for()
    page.get_by_role("button", name="Sign now").click()
    page.get_by_text("Signed up to seal").wait_for()
    assert AuditEvent.objects.get(verb="trail.verification_asked").actor == "user:cora"


def test_the_storys_bundle_is_fetched_and_holds_before_the_verifier_until_touched(
    open_page, cora, item, tmp_path
):
    page = open_page()
    known_to(page, cora)
    page.goto(f"/compliance/items/{item.pk}/")
    page.get_by_role("link", name="Export bundle").click()
    page.get_by_label("What it is for").fill("court order 12/2026")
    page.get_by_role("button", name="Make the bundle").click()
    page.wait_for_url("**/compliance/bundles/*/")
    bundle, program = fetched(page, "Fetch the file", tmp_path), fetched(page, "verify_bundle.py", tmp_path)
    assert AuditEvent.objects.get(verb="bundle.fetched").actor == "user:cora"
    key = ("--key", *verifying.known_keys())
    status, said = checked(program, bundle, *key)
    assert (status, "INTACT" in said) == (0, True), said
    altered(bundle, tmp_path / "altered.zip")
    status, said = checked(program, tmp_path / "altered.zip", *key)
    assert (status, "INTACT" in said) == (1, False), said


def altered(bundle, to):
    """Write the bundle anew with one event that tells of another answer."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"negative", b"positive") if name == "events.jsonl" else data)


def test_a_periods_bundle_comes_from_a_worker_while_the_page_waits(open_page, cora, item, tmp_path):
    page = open_page()
    known_to(page, cora)
    page.goto("/compliance/bundles/")
    page.get_by_label("What it is for").fill("the yearly audit")
    page.get_by_role("button", name="Make the bundle").click()
    page.get_by_text("A worker writes it.").wait_for()
    trail.seal()
    tasks.write_bundle(Bundle.objects.get().pk)
    bundle = fetched(page, "Fetch the file", tmp_path)
    with zipfile.ZipFile(bundle) as file:
        (tmp_path / "mine.py").write_bytes(file.read("verify_bundle.py"))
    status, said = checked(tmp_path / "mine.py", bundle, "--key", *verifying.known_keys())
    assert (status, "INTACT" in said) == (0, True), said
