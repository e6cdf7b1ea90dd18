"""Agent actions: may this agent do what it is about to do?"""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
An agent wants to do something that can't easily be undone. You see the action, its arguments, and why.

- **Accept** when you would do exactly this yourself.
- **Edit** an argument that is wrong: the amount, the recipient, the wording. The action stays the same.
- **Respond** when it should do something else: write to the agent what, as to a colleague.
- **Ignore** when nothing should happen and nothing need be said.
- **Escalate** what you are not entitled to decide.

## Look twice at
Amounts and their currency, recipients, what is deleted, and whether the reason given really asks for this.
"""

AGENT_ACTIONS = Preset(
    name="agent_actions",
    title="Agent actions",
    question="May an agent do what it is about to do?",
    audience="Teams whose agents call tools: refunds, mails, changes of data, purchases.",
    sets="Every action waits for a person until it is proven, action by action, that people accept it; what "
    "costs much or may not be accepted as it is always waits.",
    kind="agent_action",
    workflow="single_look",
    queues="a queue of people who may do the action themselves, due within minutes if an agent waits.",
    guidelines=GUIDELINES,
    own={
        # Nothing is automated by a typed threshold: an agent's confidence in itself is no evidence.
        "auto_approve": 1.0,
        "review": 0.4,
        "expert": 0.0,
        "target_alpha": 0.02,
        "target_of": "automated",
        "certify_by": "class",
        "audit_rate": 0.05,
        "early_audit_rate": 0.3,
        "overlap_share": 0.02,
        "blind_share": 0.0,
        "gold_share": 0.0,
        "reuse_corrections": False,
        "reject_means": "withhold",
        "comment_required": False,
    },
    rules=(
        PresetRule(
            "a large amount",
            "risk",
            "has(payload.args.amount) && payload.args.amount > 100",
            priority="high",
        ),
        PresetRule(
            "may not be accepted as it is",
            "compliance",
            "has(payload.config) && has(payload.config.allow_accept) && payload.config.allow_accept == false",
        ),
        PresetRule(
            "something is deleted or paid",
            "risk",
            'payload.action.matches("(?i)(delete|drop|remove|pay|transfer|purchase)")',
            state="shadow",
        ),
    ),
)
