"""What a language model should have said."""

from routing.kinds import KINDS, Lesson, TypeSpec
from routing.kinds.generation import Passage
from tests.routing.kinds.samples import SAMPLES, errors_of

KIND, PAYLOAD = KINDS["generation"], SAMPLES["generation"][1]
LOOSE = TypeSpec("generation", tolerance=0.3)


def test_line_ends_of_browsers_and_outer_space_do_not_count():
    assert KIND.clean_label("one\r\ntwo \n", PAYLOAD, LOOSE) == "one\ntwo"
    assert errors_of(KIND.clean_label, "  ", PAYLOAD, LOOSE) == [("label", "blank")]


def test_texts_within_the_tolerance_agree_unless_a_number_or_a_not_differs():
    assert KIND.agree("Your refund of 100 euros is due.", "Your refund of 100 euros is now due.", LOOSE)
    assert not KIND.agree("Your refund of 100 euros is due.", "Your refund of 1000 euros is due.", LOOSE)
    assert not KIND.agree("Your refund is due.", "Your refund is not due.", LOOSE)
    assert not KIND.agree("Your refund is due.", "Call us tomorrow about it.", LOOSE)


def test_context_is_a_text_or_passages_or_nothing():
    for context in ("", "At noon.", ["a", ""], []):
        assert KIND.clean_payload(PAYLOAD | {"context": context}, LOOSE)["context"] == context
    assert "context" not in KIND.clean_payload({"query": "q", "output": "o"}, LOOSE)
    assert errors_of(KIND.clean_payload, PAYLOAD | {"context": ["a", 3]}, LOOSE) == [
        ("payload.context.1", "invalid")
    ]


def test_a_lesson_is_query_context_and_output():
    assert KIND.lesson(PAYLOAD) == Lesson("When?", ["At noon."], "At one.")
    assert KIND.lesson({"query": "q", "output": "o"}) == Lesson("q", [], "o")


def test_the_passages_that_were_used_are_shown_apart_under_their_own_numbers():
    context = ["a", "b", "c"]
    shown = KIND.display({"query": "q", "output": "o", "context": context, "used": [2]})
    assert (shown["cited"], [one.number for one in shown["used"]]) == (True, [3])
    assert [one.text for one in shown["unused"]] == ["a", "b"]
    assert KIND.display({"query": "q", "output": "o", "context": "All."})["unused"] == (
        Passage(1, "All.", False),
    )
    assert KIND.display({"query": "q", "output": "o"})["cited"] is False


def test_used_names_passages_of_the_context():
    for used in ([], [0], None):
        assert KIND.clean_payload(PAYLOAD | {"used": used}, LOOSE)["used"] == used
    for used in ([1], [-1], [0.5], ["a"], "0", {"0": 1}, [True]):
        assert errors_of(KIND.clean_payload, PAYLOAD | {"used": used}, LOOSE) == [("payload.used", "invalid")]
