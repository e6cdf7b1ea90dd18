"""What an agent may do: an action with its arguments, taken as proposed, changed, answered or left alone."""

import json
from typing import Any

from routing.kinds.base import Kind, TypeSpec
from routing.kinds.cells import ACTING
from routing.values import Findings, called, is_number

LONGEST_ACTION = 200  # characters
MOST_ARGS = 200
ALLOWED = ("allow_accept", "allow_edit", "allow_respond", "allow_ignore")
FIELDS = ("action", "args", "config", "description")


class AgentAction(Kind):
    """A label is the action that is taken: {"action": its name, "args": its arguments by name}.

    The payload's `config` says what a person may answer, as LangGraph's HumanInterrupt does; what it leaves
    out is allowed. A rejection with a comment is an answer to the agent, one without leaves the action alone.
    """

    name = "agent_action"
    free_text = True  # arguments may name anybody
    gist_settles = False  # whether money may be paid back once more hangs on what was paid back before
    own_fields = FIELDS
    label_fields = ("action", "args", "config")
    cells = ACTING
    _telling = ("action", "description")

    def writes_labels_as_json(self, spec: TypeSpec) -> bool:
        """Return True: a label is an object."""
        return True

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return action, arguments, description and what is allowed."""
        return {
            "action": payload["action"],
            "args": [_shown(name, value) for name, value in payload["args"].items()],
            "description": payload.get("description") or "",
            "allowed": allowed(payload),
            "proposed": json.dumps(proposal(payload), ensure_ascii=False),
        }

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the action's name: what per-class thresholds and certificates go by."""
        return (label["action"],)

    def describe(self, label: Any) -> str:
        """Return the action as a call; never raises."""
        if not isinstance(label, dict) or not isinstance(label.get("args"), dict) or "action" not in label:
            return super().describe(label)
        args = ", ".join(f"{name}={_written(value)}" for name, value in label["args"].items())
        return f"{label['action']}({args})"

    def gist(self, payload: dict[str, Any]) -> str:
        """Return the action as a call."""
        return self.describe(proposal(payload))

    def reading(self, payload: dict[str, Any]) -> str:
        """Return description and call."""
        return f"{payload.get('description') or ''}\n{self.gist(payload)}".strip()

    def summary(self, payload: dict[str, Any]) -> str:
        """Return the beginning of the call."""
        line = " ".join(self.gist(payload)[:400].split())
        return line if len(line) <= 120 else line[:119] + "…"

    def refusal(self, action: str, comment: str, payload: dict[str, Any]) -> tuple[str, str] | None:
        """Return that the agent does not take a rejection, or not without words."""
        if action != "reject":
            return None
        may = allowed(payload)
        if comment.strip():
            return None if may["respond"] or may["ignore"] else ("action", "This agent takes no such answer.")
        if may["ignore"]:
            return None
        if may["respond"]:
            return "comment", "Write what the agent is told."
        return "action", "This agent takes no such answer."

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        findings.text(payload.get("action"), "payload.action", limit=LONGEST_ACTION)
        findings.text(payload.get("description") or "", "payload.description", blank=True)
        _check_args(payload.get("args"), "payload.args", findings)
        _check_config(payload.get("config"), findings)
        return self.own_fields

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not isinstance(label, dict) or sorted(label) != ["action", "args"]:
            said = f"Send {{action, args}}, not {called(label)}."
            findings.add("label", "invalid", said)
            return label
        findings.text(label["action"], "label.action", limit=LONGEST_ACTION)
        _check_args(label["args"], "label.args", findings)
        if payload is not None and not findings.errors:
            _check_against(label, payload, findings)
        return label


def proposal(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the action as the agent proposed it, as a label."""
    return {"action": payload["action"], "args": payload["args"]}


def allowed(payload: dict[str, Any]) -> dict[str, bool]:
    """Return whether a person may accept, edit, respond and ignore, by these names."""
    config = payload.get("config") or {}
    return {name.removeprefix("allow_"): bool(config.get(name, True)) for name in ALLOWED}


def _check_args(args: Any, attr: str, findings: Findings) -> None:
    if not isinstance(args, dict):
        findings.add(attr, "invalid", f"Send an object of arguments by name, not {called(args)}.")
    elif len(args) > MOST_ARGS:
        findings.add(attr, "max_length", f"Send at most {MOST_ARGS} arguments.")
    else:
        findings.free_form(args, attr)


def _check_config(config: Any, findings: Findings) -> None:
    if config is None:
        return
    if not isinstance(config, dict):
        findings.add("payload.config", "invalid", f"Send an object, not {called(config)}.")
        return
    findings.fields(config, ALLOWED, "payload.config")
    for name in ALLOWED:
        if not isinstance(config.get(name, True), bool):
            findings.add(f"payload.config.{name}", "invalid", "Send true or false.")
    if all(config.get(name) is False for name in ALLOWED):
        findings.add("payload.config", "invalid", "Allow at least one answer.")


def _check_against(label: dict[str, Any], payload: dict[str, Any], findings: Findings) -> None:
    """Note where a label is not of the proposed action, or is what the agent does not allow."""
    may, proposed = allowed(payload), payload["args"]
    if label["action"] != payload["action"]:
        findings.add("label.action", "invalid", f"This is about {payload['action']!r} alone.")
    elif sorted(label["args"]) != sorted(proposed):
        names = ", ".join(proposed)
        findings.add("label.args", "invalid", f"Give exactly these arguments: {names or 'none'}.")
    elif wrong := _other_types(label["args"], proposed):
        for name in wrong:
            findings.add(f"label.args.{name}"[:150], "invalid", f"{name} must be {called(proposed[name])}.")
    elif label["args"] == proposed:
        # As a model's answer it is one that nobody may give unseen: the router then asks a person.
        if not may["accept"]:
            findings.add("label", "unknown_label", "It may not be accepted as it is.")
    elif not may["edit"]:
        findings.add("label", "not_allowed", "This agent takes no changed arguments.")


def _other_types(args: dict[str, Any], proposed: dict[str, Any]) -> list[str]:
    """Return the arguments that are of another type than proposed; what was proposed as null may be any."""
    return [
        name
        for name, value in args.items()
        if proposed[name] is not None and _type(value) != _type(proposed[name])
    ]


def _type(value: Any) -> str:
    return "number" if is_number(value) else type(value).__name__


def _shown(name: str, value: Any) -> dict[str, Any]:
    """Return one argument as the page shows it: how it is typed in, and its JSON."""
    how = "text" if isinstance(value, str) else "number" if is_number(value) else "json"
    how = "flag" if isinstance(value, bool) else how
    return {"name": name, "how": how, "text": value if how == "text" else _written(value)}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
