"""Transactions and trades: which payment, order or claim is fraud, and which only looks like it."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
Should this transaction go through? Judge by what is in front of you, not by what the score says.

- **genuine**: fits the customer, or its oddity has an explanation that you can see.
- **suspicious**: something doesn't fit and can't be cleared from here. The customer is asked.
- **fraud**: you would stand by it: a known pattern, a taken-over account, a trade that nobody sane places.

## Look at
Amount against what is usual, device and country against the last weeks, how new the payee is, several tries
in a row, an order far off the market or against the customer's own position.

## Escalate
Anything that may have to be reported, staff and persons of public life, and what you can't explain.
"""

TRANSACTIONS = Preset(
    name="transactions",
    title="Fraud and trading",
    question="Is this payment, order or claim genuine, suspicious or fraud?",
    audience="Payments, banks, brokers and insurers: a wrong yes costs money and a wrong no a customer.",
    sets="Sure and small ones pass, whatever the model calls fraud meets a person, large amounts and "
    "unusual trades an expert; one in ten of those that passed is checked afterwards.",
    kind="classification",
    workflow="single_look",
    queues="a queue of analysts due within minutes, and one of investigators.",
    guidelines=GUIDELINES,
    own={
        "labels": ["genuine", "suspicious", "fraud"],
        "auto_approve": 0.95,
        "review": 0.8,
        "expert": 0.4,
        # Nobody is refused by a machine alone: these two always meet a person.
        "class_thresholds": {"suspicious": 1.0, "fraud": 1.0},
        "audit_rate": 0.1,
        "blind_share": 0.1,
        "target_alpha": 0.01,
        "reject_means": "expert",
        "comment_required": True,
    },
    rules=(
        PresetRule("large amount", "risk", "has(context.amount) && context.amount > 10000", effect="expert"),
        PresetRule(
            "unusual trade",
            "risk",
            "has(context.deviation) && context.deviation > 3.0",
            effect="expert",
            priority="urgent",
        ),
        PresetRule(
            "listed or public person",
            "compliance",
            "has(context.listed) && context.listed == true",
            effect="expert",
            priority="urgent",
        ),
        PresetRule("new payee", "risk", "has(context.payee_days) && context.payee_days < 2", priority="high"),
        PresetRule(
            "the customer waits",
            "business",
            "has(context.holds_payment) && context.holds_payment == true",
            effect="priority",
            priority="urgent",
        ),
    ),
)
