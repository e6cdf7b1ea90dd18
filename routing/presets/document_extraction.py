"""Document extraction: one field of one document at a time, read by a model, checked where it matters."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
Is this value what the document says? `query` names the field, `context` holds the text of the document,
`output` is the value that was read.

- **Approve** only what stands in the document, character by character.
- **Edit**: copy the value as it is written there. Don't correct the document's own mistakes.
- Dates as YYYY-MM-DD, amounts with a point and two decimals, no currency sign.
- **Reject** when the field isn't in the document or can't be read; say which.

## Look twice at
0 and O, 1 and 7, a missing minus, net against gross, the supplier's bank details against the buyer's.
"""

DOCUMENT_EXTRACTION = Preset(
    name="document_extraction",
    title="Document extraction",
    question="Is this field read right from the invoice, contract or form?",
    audience="Back offices that read invoices, contracts or forms, and pay or book by what was read.",
    sets="Each field is an item: the value is edited in place, two readings agree only when the text and all "
    "figures are the same; bank details and large amounts always meet a person.",
    # A field may be a name, a date or a sum. Text is the kind that holds them all, and that is corrected by
    # typing; a regression would only take numbers, a classification only values known in advance.
    kind="generation",
    workflow="single_look",
    queues="a queue of clerks due within the working day, and one of people who know the contracts.",
    guidelines=GUIDELINES,
    own={
        "auto_approve": 0.97,
        "review": 0.85,
        "expert": 0.3,
        "audit_rate": 0.05,
        "blind_share": 0.1,
        "agreement_tolerance": 0.0,
        "target_alpha": 0.02,
        "reject_means": "expert",
        "comment_required": True,
    },
    rules=(
        PresetRule(
            "bank details",
            "risk",
            'has(context.field) && context.field in ["iban", "bic", "account_number"]',
            priority="high",
        ),
        PresetRule(
            "large amount",
            "risk",
            "has(context.amount) && context.amount > 10000",
            effect="expert",
        ),
        PresetRule(
            "audit asked for",
            "compliance",
            "has(context.requires_audit) && context.requires_audit == true",
        ),
        PresetRule(
            "poor scan",
            "business",
            "has(context.scan_quality) && context.scan_quality < 0.5",
            state="shadow",
        ),
        PresetRule(
            "due within a day",
            "business",
            "has(context.hours_left) && context.hours_left < 24",
            effect="priority",
            priority="urgent",
        ),
    ),
)
