"""Walking along seals and events: verification that names the first broken thing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit import chain, walking
from audit.chain import Broken, Link
from tests.audit.test_chain import NOON, event


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
    head = walking.follow(links)
    return walking.check(events, walking.by_first_id(links), head, None)


def why_broken(events, links):
    """Return the message of the break."""
    with pytest.raises(Broken) as caught:
        check(events, links)
    return str(caught.value)


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


def test_progress_hears_how_far_it_is(monkeypatch):
    monkeypatch.setattr(walking, "PROGRESS_EVERY", 2)
    heard = []
    walking.check([event(n) for n in range(1, 6)], [], None, heard.append)
    assert heard == [2, 4]


def dated(link, at, previous=chain.GENESIS):
    """Return the link as it would be had it been set at this time, behind another."""
    link = replace(link, at=at, previous=previous)
    return replace(link, digest=chain.seal_digest(link))


def seals_at(*times):
    """Return events 1 and 2 and their two seals, set at these times; both events are of NOON."""
    events, (first, second) = sealed([1], [2])
    first = dated(first, times[0])
    return events, [first, dated(second, times[1], first.digest)]


def test_an_event_that_was_dated_back_is_named():
    later = NOON + timedelta(minutes=61)
    assert (
        why_broken(*seals_at(later, later))
        == f"event 2 was dated back: it was written after a seal of {later}"
    )


def test_an_event_that_was_dated_ahead_is_named():
    before = NOON - timedelta(minutes=61)
    assert why_broken(*seals_at(before, before)) == f"event 1 was dated ahead: seal 1 of {before} covers it"


@pytest.mark.parametrize(("first", "second"), [(59, 59), (0, 120), (120, 0), (-59, -59)])
def test_clocks_may_differ_by_an_hour_and_be_put_right(first, second):
    times = [NOON + timedelta(minutes=minutes) for minutes in (first, second)]
    assert check(*seals_at(*times)) == (2, 2)


def test_an_event_that_was_written_long_and_came_late_is_no_forgery():
    events, links = sealed([1, 3], [2])
    first = dated(links[0], NOON)
    assert check(events, [first, dated(links[1], NOON + timedelta(hours=5), first.digest)]) == (3, 3)


def test_an_event_below_all_ids_is_named_in_a_book_without_seals():
    with pytest.raises(Broken, match="event -1 was written afterwards: ids begin with 1"):
        walking.check([event(-1)], [], None, None)
