"""Verbs in plain words."""

from hitl_project.compliance import verbs


def test_a_verb_without_words_of_its_own_is_spelt_out():
    assert verbs.in_words("policy.published") == "Policy put in force"
    assert verbs.in_words("itemtype.added") == "Item type added"
    assert verbs.in_words("queue.created") == "Queue made"
    assert verbs.in_words("moon.landed_on") == "Moon landed on"


def test_verbs_are_offered_in_groups_by_their_words():
    assert verbs.grouped(["review.submitted", "item.submitted", "item.resolved", "moon.landed"]) == [
        ("Items", [("item.submitted", "Item came in"), ("item.resolved", "Item decided")]),
        ("People's answers", [("review.submitted", "Person answered")]),
        ("Everything else", [("moon.landed", "Moon landed")]),
    ]


def test_a_subject_is_called_by_its_table():
    assert [verbs.thing(one) for one in ("routing.item", "routing.itemtype", "auth.user")] == [
        "Item",
        "Item type",
        "Person",
    ]
