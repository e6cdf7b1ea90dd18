"""Events become sentences: routes, decisions, looks, what came later, and what nobody taught the page."""

from datetime import UTC, datetime, timedelta

from hitl_project.compliance.story import looking, summing
from hitl_project.compliance.story.facts import HIDDEN, Fact, Law, Material, Message, RuleText, Said, Seat

AT = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)
LAW = Law(
    7,
    3,
    AT,
    "user:ada",
    "first",
    ("Auto-approve from confidence: 0.9.",),
    (RuleText("big", "risk", "context.amount > 10", "an expert decides"),),
)
ROUTE = {"item_type": "sentiment", "item_ref": "r-1", "policy": 3, "model": "clf@1", "confidence": 0.95}
ROUTE |= {"score": 0.93, "action": "auto_approve", "label": "positive", "reasons": ["sure enough"]}
REVIEW = {"assignment": 5, "purpose": "review", "action": "edit", "label": "negative", "blind": False}
REVIEW |= {"comment": "Clear.", "confidence": 0.8, "time_spent_ms": 65_000, "guidelines": 2, "model": "clf@1"}


def fact(number, verb, actor="user:rita", closed="", **data):
    return Fact(number, AT + timedelta(minutes=number), actor, verb, data, closed=closed)


def material(*facts, status="approved", **fields):
    said = (Said("clf@1", "“positive”", 0.95, AT, True),)
    fields = {"guidelines": frozenset({2})} | fields
    return Material("sentiment", "r-1", status, None, facts, said=said, laws={3: LAW}, **fields)


def told(*facts, **fields):
    return summing.chronicle(material(*facts, **fields))


def test_an_automated_item_says_that_no_person_was_involved_and_by_which_policy():
    arrival, route = told(fact(1, "item.submitted", "key:ab12/acme", **ROUTE))
    assert arrival.says[0] == "acme (by API key ab12) sent it as “r-1”, to be decided as sentiment."
    assert arrival.says[1] == "The model clf@1 said “positive” with confidence 95.0 %."
    assert route.title == "The router approved it without a person"
    assert route.says == (
        "Policy 3 applied, published 3 Jun 2026 14:05:00 UTC by ada: “first”.",
        "The model’s confidence of 95.0 % counted as 93.0 % after calibration.",
        "The answer “positive” stood at once.",
        "No person was involved in this step.",
    )
    assert (route.points, route.events) == (("Sure enough.",), (1,))


def test_a_rule_that_matched_is_told_with_its_text_of_then():
    sent = ROUTE | {"action": "expert_escalation", "rules": ["big"], "label": None}
    route = told(fact(1, "item.submitted", **sent))[1]
    assert [(quote.of, quote.text) for quote in route.quotes] == [
        ("Rule “big” (risk) as it read then", "context.amount > 10 → an expert decides")
    ]


def test_a_look_says_for_how_long_what_was_seen_and_what_was_said():
    (look,) = told(fact(2, "review.submitted", **REVIEW))
    assert look.says == (
        "rita looked to review it, for 1 min 5 s.",
        "They saw the model’s suggestion: “positive”, 95.0 % sure, by clf@1.",
        "Version 2 of the guidelines was in force.",
        "They gave an answer of their own: “negative”.",
        "Own confidence: 80.0 %.",
    )
    assert look.quotes[0].text == "Clear."


def test_a_blind_look_says_that_the_suggestion_was_not_seen():
    (look,) = told(fact(2, "review.submitted", **(REVIEW | {"blind": True})))
    assert look.says[1] == "They did not see what the model clf@1 had said (a blind look)."


def test_a_corrected_answer_keeps_what_was_said_first():
    after = {"action": "edit", "label": "positive", "confidence": None, "comment": ""}
    corrected = fact(3, "review.corrected", assignment=5, before=REVIEW, after=after)
    (look,) = looking.looks(material(fact(2, "review.submitted", **REVIEW), corrected), AT)
    assert look.said == (
        "Gave an answer of their own: “positive”. Before that: gave an answer of their own: “negative”."
    )
    assert look.events == (2, 3)


def test_a_look_without_an_answer_and_one_that_is_held_now_are_told():
    until = AT + timedelta(minutes=4)
    data = {"assignment": 5, "purpose": "expert", "claimed_at": AT.isoformat(), "until": until.isoformat()}
    left = fact(2, "item.looked_at", ended="given back", **data)
    held = Seat(6, "review", "reviews", AT, AT, True, "edgar", until, until + timedelta(minutes=9))
    gone, now = looking.looks(material(left, seats={6: held}), until)
    assert (gone.person, gone.seconds, gone.said) == ("rita", 240.0, "Nothing: given back.")
    assert (now.person, now.said) == ("edgar", "Nothing yet: they hold it at this moment.")
    assert now.saw == ("The model’s answer was hidden (a blind look).",)


def test_an_overturned_decision_tells_before_and_after():
    before = {"status": "approved", "label": "positive", "decided_by": "system:router"}
    after = {"status": "approved", "label": "negative"}
    (made,) = told(fact(4, "item.overturned", before=before, after=after, why="a check came to another"))
    assert made.says == (
        "rita overturned what the router had decided.",
        "Before: “positive”; from then on: “negative”.",
        "Why: a check came to another.",
    )


def test_what_is_said_in_confidence_is_not_told_to_everybody():
    data = {name: value for name, value in REVIEW.items() if name not in ("label", "comment")}
    (look,) = told(fact(2, "review.submitted", closed=HIDDEN, **data))
    assert look.says[-2] == "They gave an answer of their own: (hidden: it may hold personal data)."
    assert look.quotes[0].text == "(hidden: it may hold personal data)"


def test_an_event_without_words_of_its_own_is_told_all_the_same():
    (other,) = told(fact(2, "item.sung_to", song="la", verses=3, empty=None))
    assert (other.title, other.points) == ("Item sung to", ("song: la", "verses: 3"))


def test_the_client_learns_by_a_message_that_no_event_proves():
    sent = Message("item.decided", "https://a.example/", AT, 2, AT + timedelta(seconds=90), None)
    (message,) = told(messages=(sent,))
    assert message.says == (
        "“item.decided” reached https://a.example/ 1 min 30 s after it happened.",
        "2 attempts.",
    )
    assert message.events == ()


def test_those_who_read_the_story_are_told_once_each():
    (read,) = told(*[fact(number, "story.read", "user:cora") for number in (1, 2, 3)])
    assert (read.says, read.events) == (
        ("cora read this story with what is personal in it, 3 times.",),
        (1, 2, 3),
    )


def test_in_short_an_automated_decision_and_one_of_a_person():
    alone = material(fact(1, "item.submitted", "key:ab12/acme", **ROUTE))
    assert summing.short(alone, looking.looks(alone, AT)) == (
        "It was approved as “positive” on 3 Jun 2026 14:06:00 UTC.",
        "No person was involved: the router decided on the model’s answer alone.",
        "It was routed by policy 3 on the answer of the model clf@1, 95.0 % sure.",
    )
    route = ROUTE | {"action": "human_review", "label": None}
    resolved = fact(3, "item.resolved", after="approved", label="negative", why="a person decided")
    both = material(fact(1, "item.submitted", **route), fact(2, "review.submitted", **REVIEW), resolved)
    found = summing.involved(both, looking.looks(both, AT))
    assert (found.automated, found.text) == (False, "A person was involved: the answer of rita settled it.")


def test_an_expert_saw_the_answers_that_were_given_before_theirs():
    first = fact(2, "review.submitted", **REVIEW)
    expert = fact(3, "review.submitted", "user:edgar", **(REVIEW | {"assignment": 6, "purpose": "expert"}))
    saw = "As an expert they saw what the others had answered before."
    alone, beside = (told(*facts)[-1] for facts in ([expert], [first, expert]))
    assert (alone.says.count(saw), beside.says.count(saw)) == (0, 1)


def test_every_seat_says_who_was_asked_and_what_came_of_it():
    due = AT + timedelta(hours=1)
    waits = Seat(5, "review", "reviews", AT, due, False)
    gone = Seat(6, "overlap", "reviews", AT, due, False, closed_at=AT, outcome="withdrawn")
    at = "3 Jun 2026 14:05:00 UTC, in the queue reviews"
    assert looking.asked(material(seats={5: waits, 6: gone}), AT) == (
        f"{at}, to review it: it waits, and is due 3 Jun 2026 15:05:00 UTC.",
        f"{at}, for a further opinion: no answer was needed any more.",
    )


def test_an_appeal_a_hold_and_an_erasure_are_told():
    facts = [
        fact(1, "appeal.opened", "key:ab12/acme", reason="It was not me."),
        fact(2, "hold.placed", "user:cora", why="the court asks"),
        fact(3, "hold.lifted", "user:cora", why="settled"),
        fact(4, "item.erased", "user:cora", why="asked by letter"),
    ]
    assert [one.title for one in told(*facts)] == [
        "The decision was disputed",
        "A legal hold was placed",
        "The legal hold was lifted",
        "Its content was erased",
    ]
    assert told(facts[0])[0].quotes[0].text == "It was not me."


def test_a_dispute_that_an_erasure_ended_was_taken_back_by_nobody():
    ended = fact(2, "appeal.withdrawn", "system:erasure", why="erased")
    (last,) = told(ended)
    assert last.title == "The dispute ended"
    assert last.says == ("What it was about was erased, so nobody could look at it again.",)
    assert summing.short(material(ended), [])[-1].startswith("It was disputed, and erased before")


def test_a_dispute_says_what_was_disputed_and_what_an_expert_made_of_it():
    was, now = {"status": "approved", "label": "pay"}, {"status": "rejected", "label": None}
    opened = fact(1, "appeal.opened", "key:ab12/acme", disputed=was, decided_by="user:rita")
    decided = fact(
        2, "appeal.decided", "user:edgar", state="overturned", before=was, after=now, answer="Yes."
    )
    first, last = told(opened, decided)
    assert first.says == ("Disputed was “pay”, which rita had decided; it stood meanwhile.",)
    assert last.title == "The dispute was decided: the decision was changed"
    assert last.says == ("An expert who had no part in it, edgar, came to rejected.",)
    assert last.quotes[0].text == "Yes."
