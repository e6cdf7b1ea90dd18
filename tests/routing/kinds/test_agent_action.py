"""Of an agent's action: what may be answered is what the agent takes."""

import pytest

from routing.kinds import KINDS, TypeSpec
from tests.routing.kinds.samples import errors_of

KIND, SPEC = KINDS["agent_action"], TypeSpec("agent_action")
PAYLOAD = {"action": "refund", "args": {"order": "A-1", "amount": 180, "notify": True, "note": None}}


def label(**args):
    return {"action": "refund", "args": PAYLOAD["args"] | args}


def only(*names):
    return PAYLOAD | {
        "config": {f"allow_{one}": one in names for one in ("accept", "edit", "respond", "ignore")}
    }


def test_an_edit_keeps_the_arguments_and_their_types():
    assert KIND.clean_label(label(amount=12.5, note={"any": 1}), PAYLOAD, SPEC) == label(
        amount=12.5, note={"any": 1}
    )
    wrong = [label(amount="180"), label(notify=1), label(more=1), {"action": "pay", "args": PAYLOAD["args"]}]
    assert [errors_of(KIND.clean_label, one, PAYLOAD, SPEC) for one in wrong] == [
        [("label.args.amount", "invalid")],
        [("label.args.notify", "invalid")],
        [("label.args", "invalid")],
        [("label.action", "invalid")],
    ]


def test_what_the_agent_does_not_take_is_refused():
    assert errors_of(KIND.clean_label, label(), only("edit"), SPEC) == [("label", "unknown_label")]
    assert errors_of(KIND.clean_label, label(amount=1), only("accept"), SPEC) == [("label", "not_allowed")]
    said = [
        KIND.refusal("reject", comment, only("accept", *more))
        for comment, more in [("no", ()), ("no", ("respond",)), ("", ("respond",)), ("", ("ignore",))]
    ]
    assert [one and one[0] for one in said] == ["action", None, "comment", None]
    assert KIND.refusal("escalate", "", only("accept")) is None


@pytest.mark.parametrize("config", [[], {"allow_all": True}, {"allow_edit": 1}, only()["config"]])
def test_terms_that_make_no_sense_are_refused(config):
    found = errors_of(KIND.clean_payload, PAYLOAD | {"config": config}, SPEC)
    assert {attr.split(".")[:2] == ["payload", "config"] for attr, _ in found} == {True}


def test_a_class_is_an_actions_name_and_a_label_reads_as_a_call():
    assert KIND.slices(label()) == ("refund",)
    assert KIND.describe(label(note="ok")) == 'refund(order="A-1", amount=180, notify=true, note="ok")'
    assert KIND.describe("nonsense") == "nonsense"
