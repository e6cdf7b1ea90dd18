"""The pure chain: digests that tell every change, and verification that names the first broken thing."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from audit import chain
from audit.chain import Broken, Event, Link

NOON = datetime(2026, 1, 2, 12, 0, 0, 5, tzinfo=UTC)


def event(number, **fields):
    """Return an event with its right digest."""
    made = Event(number, NOON, "user:rita", "item.judged", "routing.item", str(number), "", "{}", "")
    made = made._replace(**fields)
    return made._replace(digest=chain.event_digest(made))


def rooted(link, digests):
    """Return the link with the root and the digest of a seal over these events' digests."""
    running = chain.SealHash()
    ids = [one for first, last in link.members for one in range(first, last + 1)]
    for event_id, digest in zip(ids, digests, strict=True):
        running.add(event_id, digest)
    link = replace(link, root=running.root())
    return replace(link, digest=chain.seal_digest(link))


def sealed(*groups, complete_to=0):
    """Return the events and the seals of these groups of ids, each sealed after the one before."""
    events, links, previous = {}, [], chain.GENESIS
    for number, ids in enumerate(groups, 1):
        events |= {one: event(one) for one in ids}
        members = tuple(chain.runs(sorted(ids)))
        link = Link(number, NOON, len(ids), members, max(ids), complete_to, (), previous)
        link = rooted(link, [events[one].digest for one in sorted(ids)])
        links.append(link)
        previous = link.digest
    return [events[one] for one in sorted(events)], links


def check(events, links):
    """Return what verification says of these events and seals."""
    head = chain.follow(links)
    return chain.check(events, chain.by_first_id(links), head, None)


def why_broken(events, links):
    """Return the message of the break."""
    with pytest.raises(Broken) as caught:
        check(events, links)
    return str(caught.value)


def test_canonical_json_has_one_form():
    assert chain.canonical({"b": [1, 2.5], "a": "é"}) == '{"a":"é","b":[1,2.5]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_canonical_json_refuses_what_is_no_number(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        chain.canonical({"a": number})


def test_times_ids_and_decimals_become_text():
    east = NOON.astimezone(timezone(timedelta(hours=4)))
    values = [east, date(2026, 1, 2), UUID(int=1), Decimal("0.10")]
    assert chain.canonical(values) == (
        '["2026-01-02T12:00:00.000005+00:00","2026-01-02","00000000-0000-0000-0000-000000000001","0.10"]'
    )


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        chain.canonical(NOON.replace(tzinfo=None))


def test_an_object_without_json_form_is_refused_by_name():
    with pytest.raises(TypeError, match="can't hold a set"):
        chain.canonical({"a": {1}})


def test_the_digest_of_an_event_is_the_sha256_of_its_canonical_content():
    content = (
        '{"actor":"user:rita","at":"2026-01-02T12:00:00.000005+00:00","body":"{}","request_id":"",'
        '"subject_id":"7","subject_type":"routing.item","verb":"item.judged"}'
    )
    assert event(7).digest == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("name", chain.CONTENT)
def test_each_field_of_an_event_changes_its_digest(name):
    other = NOON + timedelta(microseconds=1) if name == "at" else "other"
    assert chain.event_digest(event(7)._replace(**{name: other})) != event(7).digest


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": NOON + timedelta(seconds=1)},
        {"events": 3},
        {"members": ((1, 1), (3, 3))},
        {"last_id": 9},
        {"complete_to": 1},
        {"writing": ("3/4",)},
        {"previous": "1" * 64},
        {"root": "1" * 64},
    ],
)
def test_each_field_of_a_seal_changes_its_digest(change):
    link = Link(1, NOON, 2, ((1, 2),), 2, 0, (), chain.GENESIS)
    assert chain.seal_digest(replace(link, **change)) != chain.seal_digest(link)


def test_ids_become_runs_of_consecutive_ones():
    assert chain.runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]


def test_an_intact_chain_counts_events_and_sealed_ones():
    events, links = sealed([1, 2, 5], [3, 6, 9], [4, 7])
    assert check([*events, event(11)], links) == (9, 8)


def test_an_empty_chain_is_intact():
    assert check([], []) == (0, 0)


def test_an_altered_event_is_named():
    events, links = sealed([1, 2], [3])
    events[1] = events[1]._replace(body='{"label":"x"}')
    assert why_broken(events, links) == (
        "event 2 was altered or forged: its content does not match its digest"
    )


def test_an_altered_event_with_a_fresh_digest_breaks_its_seal():
    events, links = sealed([1, 2], [3])
    events[1] = event(2, body='{"label":"x"}')
    assert why_broken(events, links) == "seal 1 does not match events 1 to 2"


@pytest.mark.parametrize(("gone", "seal"), [(1, 1), (4, 2), (6, 2)])
def test_a_deleted_event_is_named_with_its_seal(gone, seal):
    events, links = sealed([1, 2, 3], [4, 6])
    events = [one for one in events if one.id != gone]
    assert why_broken(events, links) == f"event {gone} is missing: seal {seal} covers it"


def test_an_event_written_into_a_closed_stretch_is_named():
    events, links = sealed([1, 3], [4], complete_to=3)
    events.insert(1, event(2))
    assert why_broken(events, links) == "event 2 was written afterwards: seal 2 closed that stretch"


def test_two_events_that_changed_places_break_their_seal():
    events, links = sealed([1, 2])
    events = [events[1]._replace(id=1), events[0]._replace(id=2)]
    assert why_broken(events, links) == "seal 1 does not match events 1 to 2"


def test_a_deleted_seal_is_named():
    events, links = sealed([1], [2], [3])
    assert why_broken(events, [links[0], links[2]]) == "seal 2 is missing: seal 3 comes in its place"


def test_a_deleted_first_seal_is_named():
    events, links = sealed([1], [2])
    assert why_broken(events, links[1:]) == "seal 1 is missing: seal 2 comes in its place"


def test_reordered_seals_are_named():
    events, links = sealed([1], [2], [3])
    swapped = [links[0], replace(links[2], number=2), replace(links[1], number=3)]
    assert why_broken(events, swapped) == "seal 2 does not follow seal 1: it names another digest"


def test_an_altered_seal_is_named():
    events, links = sealed([1], [2], [3])
    links[1] = replace(links[1], last_id=9)
    assert why_broken(events, links) == "seal 2 was altered: its fields do not match its digest"


def test_a_seal_altered_with_a_fresh_digest_breaks_the_next():
    events, links = sealed([1], [2], [3])
    forged = replace(links[1], last_id=9)
    links[1] = replace(forged, digest=chain.seal_digest(forged))
    assert why_broken(events, links) == "seal 3 does not follow seal 2: it names another digest"


def test_a_seal_that_reaches_into_a_closed_stretch_is_named():
    events, links = sealed([1, 3], [2], complete_to=3)
    assert why_broken(events, links) == "seal 2 covers event 2, which an earlier seal had closed off"


def test_an_event_that_two_seals_claim_is_named():
    events, links = sealed([1, 2, 3], [2, 5])
    assert why_broken(events, links) == "event 2 is covered twice, by seals 1 and 2"


@pytest.mark.parametrize("text", ["", "7", "[[1]]", '[["a",2]]', "{}"])
def test_members_that_say_nothing_sensible_are_an_altered_seal(text):
    with pytest.raises(Broken, match="seal 4 was altered: its members"):
        chain.parse_members(4, text, 1, 2)


def test_progress_hears_how_far_it_is(monkeypatch):
    monkeypatch.setattr(chain, "PROGRESS_EVERY", 2)
    heard = []
    chain.check([event(n) for n in range(1, 6)], [], None, heard.append)
    assert heard == [2, 4]
