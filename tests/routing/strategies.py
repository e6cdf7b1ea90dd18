"""Policies, predictions and contexts that property tests draw from."""

from hypothesis import settings
from hypothesis import strategies as st

from routing.economics.costs import Costs
from routing.findings import PRIORITIES
from routing.kinds import TypeSpec
from routing.policy import Opinion, Policy, Rule, Thresholds

LABELS = ("negative", "positive")
SPEC = TypeSpec("classification", LABELS)
MODELS = st.sampled_from(["clf@3", "clf@4"])
UNIT = st.floats(0, 1)
THRESHOLD = st.none() | UNIT
EXPRESSIONS = (
    "true",
    "false",
    "context.amount > 100",
    "context.missing == 1",
    "payload.text.contains('x')",
    "prediction.label == 'positive'",
    "prediction.model != 'clf@3'",
    "size(prediction.probabilities) > 1",
    "not an expression",
)
RULES = st.builds(
    Rule,
    name=st.sampled_from(["one", "two"]),
    category=st.sampled_from(["business", "risk", "compliance"]),
    when=st.sampled_from(EXPRESSIONS),
    effect=st.sampled_from(["review", "expert", "priority", "queue"]),
    state=st.sampled_from(["live", "shadow"]),
    priority=st.sampled_from([None, *PRIORITIES]),
    queue=st.sampled_from([None, "reviews"]),
)
COSTS = st.builds(
    Costs,
    error=st.floats(0, 1e4),
    review_hour=st.floats(0, 500),
    expert_hour=st.floats(0, 500),
    delay_hour=st.floats(0, 100),
    review_seconds=st.floats(0, 600),
    expert_seconds=st.floats(0, 3600),
    review_wait_hours=st.floats(0, 48),
    expert_wait_hours=st.floats(0, 48),
    review_error=UNIT,
    expert_error=UNIT,
    slope=st.floats(0, 1e3),
    intercept=st.floats(-50, 50),
)
POLICIES = st.builds(
    Policy,
    number=st.just(1),
    thresholds=st.tuples(UNIT, UNIT, UNIT).map(lambda three: Thresholds(*sorted(three, reverse=True))),
    class_thresholds=st.dictionaries(st.sampled_from(LABELS), st.none() | st.floats(0, 2)),
    rules=st.lists(RULES, max_size=3).map(tuple),
    audit_rate=UNIT,
    committee_limit=st.none() | UNIT,
    automate=st.booleans(),
    expert_mandatory=st.booleans(),
    certified=st.none()
    | st.dictionaries(MODELS, st.dictionaries(st.sampled_from(["*", *LABELS]), THRESHOLD), max_size=2),
    costs=st.none() | COSTS,
    novelty_limit=st.none() | UNIT,
    confirm_classes=st.booleans(),
    usual_audit_rate=st.none() | UNIT,
    spec=st.none() | st.just(SPEC),
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["amount", "country"]), st.sampled_from([None, 99, 100.5, 2**70, "x"])
)
OPINIONS = st.builds(
    Opinion,
    model=MODELS,
    label=st.sampled_from([*LABELS, "unknown", None, 3]),
    confidence=UNIT,
    probabilities=st.none() | st.dictionaries(st.sampled_from([*LABELS, "other"]), UNIT),
    score=st.none() | UNIT,
)
GIVEN = st.fixed_dictionaries(
    {
        "payload": st.sampled_from([{"text": "an x"}, {"features": [1, 2]}]),
        "context": CONTEXTS,
        "known_labels": st.none() | st.lists(st.sampled_from(LABELS)),
        "novelty": st.none() | UNIT,
    }
)
quick = settings(max_examples=200, derandomize=True, deadline=None, database=None)
