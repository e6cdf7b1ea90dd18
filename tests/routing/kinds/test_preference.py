"""Which of two answers is better."""

from routing.kinds import KINDS, TypeSpec
from tests.routing.kinds.samples import SAMPLES, errors_of

KIND, SPEC = KINDS["preference"], TypeSpec("preference")
PAYLOAD = SAMPLES["preference"][1]


def test_the_choices_are_a_b_and_tie():
    assert KIND.classes(SPEC) == ("a", "b", "tie")
    assert errors_of(KIND.clean_label, "c", PAYLOAD, SPEC) == [("label", "unknown_label")]
    assert [KIND.describe(label) for label in ("a", "b", "tie")] == ["A is better", "B is better", "a tie"]


def test_both_answers_and_the_prompt_are_needed():
    assert [attr for attr, _ in errors_of(KIND.clean_payload, {"a": "x"}, SPEC)] == [
        "payload.prompt",
        "payload.b",
    ]
