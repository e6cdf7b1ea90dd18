"""What a language model should have said."""

from routing.kinds import KINDS, Lesson, TypeSpec
from tests.routing.kinds.test_base import SAMPLES, errors_of

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
