"""What answered items teach a language model, in the shapes that trainers read."""

import pytest

from labeling.exporting import chat
from labeling.exporting.lessons import Lesson, lesson

ASKED = {"query": "Who?", "context": ["It was she.", ""], "output": "He.\r\n"}
PROMPT = [{"role": "system", "content": "It was she."}, {"role": "user", "content": "Who?"}]
PAIR = {"prompt": "Say it.", "a": "It.", "b": "Nothing."}


def said(label, ts=1, action="edit"):
    """Return a label."""
    return {"id": str(ts), "ts": str(ts), "label": label, "action": action}


def record(*labels, payload=ASKED, reviews=()):
    """Return a record with these labels."""
    return {"record": "item", "payload": payload, "labels": list(labels), "reviews": list(reviews)}


def rejection(ts):
    """Return the review of somebody who rejected the text."""
    return {"created_at": str(ts), "action": "reject", "label": None}


@pytest.mark.parametrize(
    ("given", "taught"),
    [
        (record(), None),
        (record(said("He.")), Lesson(PROMPT, "He.\r\n", None)),
        (record(said("She.")), Lesson(PROMPT, "She.", "He.\r\n")),
        (record(said("She.", 1), said("He.", 2)), Lesson(PROMPT, "He.\r\n", None)),
        (record(reviews=[rejection(1)]), Lesson(PROMPT, None, "He.\r\n")),
        (record(said("She.", 2), reviews=[rejection(1)]), Lesson(PROMPT, "She.", "He.\r\n")),
        (record(said("She.", 1), reviews=[rejection(2)]), Lesson(PROMPT, None, "He.\r\n")),
    ],
)
def test_a_generation_teaches_by_its_latest_verdict(given, taught):
    assert lesson(given, "generation") == taught


@pytest.mark.parametrize(
    ("label", "pair"), [("a", ("It.", "Nothing.")), ("b", ("Nothing.", "It.")), ("tie", None)]
)
def test_a_preference_teaches_which_is_better(label, pair):
    prompt = [{"role": "user", "content": "Say it."}]
    taught = Lesson(prompt, *pair) if pair else None
    assert lesson(record(said(label), payload=PAIR), "preference") == taught


@pytest.mark.parametrize(("status", "better"), [("approved", "It."), ("open", "Nothing.")])
def test_what_several_people_settled_on_counts_rather_than_the_last_of_them(status, better):
    made = record(said("a", 1), said("a", 2), said("b", 3), payload=PAIR)
    made |= {"status": status, "decision": {"label": "a", "consensus": {"votes": 3}}}
    assert lesson(made, "preference").good == better


def test_without_passages_there_is_no_system_turn():
    bare = {"query": "Who?", "output": "He."}
    assert lesson(record(said("He."), payload=bare), "generation").prompt == PROMPT[1:]


EDIT, GOOD, BAD = Lesson(PROMPT, "She.", "He."), Lesson(PROMPT, "He.", None), Lesson(PROMPT, None, "He.")
SHE, HE = [{"role": "assistant", "content": "She."}], [{"role": "assistant", "content": "He."}]


@pytest.mark.parametrize(
    ("shape", "edit", "good", "bad"),
    [
        (chat.openai_chat, [{"messages": PROMPT + SHE}], [{"messages": PROMPT + HE}], []),
        (
            chat.sft,
            [{"prompt": PROMPT, "completion": SHE}],
            [{"prompt": PROMPT, "completion": HE}],
            [],
        ),
        (chat.dpo, [{"prompt": PROMPT, "chosen": SHE, "rejected": HE}], [], []),
        (
            chat.kto,
            [
                {"prompt": PROMPT, "completion": SHE, "label": True},
                {"prompt": PROMPT, "completion": HE, "label": False},
            ],
            [{"prompt": PROMPT, "completion": HE, "label": True}],
            [{"prompt": PROMPT, "completion": HE, "label": False}],
        ),
    ],
)
def test_each_shape_says_what_it_can(shape, edit, good, bad):
    assert [list(shape(one)) for one in (EDIT, GOOD, BAD)] == [edit, good, bad]
