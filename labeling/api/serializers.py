"""The shapes of seats and labels for the OpenAPI document."""

from rest_framework import serializers

from labeling.answering.review import LONGEST_COMMENT
from labeling.api.answers import MOST_SKIPPED
from labeling.models import Label, Review
from routing.models import SHOWN_AS, ItemType, Priority, Purpose

CLAIMED = {
    "id": 41,
    "purpose": "review",
    "queue": "reviews",
    "priority": "high",
    "blind": False,
    "created_at": "2026-11-20T09:30:00+00:00",
    "due_at": "2026-11-20T11:30:00+00:00",
    "claimed_at": "2026-11-20T09:31:00+00:00",
    "lease_expires_at": "2026-11-20T09:41:00+00:00",
    "guidelines": "Negative is what the guest would complain about.",
    "guidelines_version": 3,
    "guidelines_news": {
        "since": 2,
        "pieces": [
            {"kind": "same", "text": "Negative is what the guest "},
            {"kind": "out", "text": "says"},
            {"kind": "in", "text": "would complain about"},
            {"kind": "same", "text": "."},
        ],
    },
    "order": None,
    "suggestion": {
        "model": "clf@3",
        "label": "negative",
        "confidence": 0.62,
        "probabilities": {"negative": 0.62, "positive": 0.38},
    },
    "reasons": ["confidence 0.620 below the auto-approve threshold 0.950"],
    "opinions": [],
    "dispute": None,
    "item": {
        "id": "019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11",
        "item_type": "sentiment",
        "item_ref": "review-123",
        "kind": "classification",
        "labels": ["negative", "positive"],
        "multilabel": False,
        "minimum": None,
        "maximum": None,
        "unit": "",
        "comment_required": False,
        "cover": "nothing",
        "payload": {"text": "The room was fine, the view was not."},
        "context": {"amount": 120, "country": "AE", "requires_audit": False},
    },
}


PURPOSES = [(one.value, one.label) for one in Purpose if one not in SHOWN_AS]


class Wish(serializers.Serializer):
    """Which work is wanted; empty for the most urgent of all of one's queues."""

    queue = serializers.CharField(required=False, allow_null=True)
    item_type = serializers.CharField(required=False, allow_null=True)
    without = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        allow_null=True,
        max_length=MOST_SKIPPED,
        help_text="Assignments that were released to be skipped: they are not given.",
    )


class SuggestionOut(serializers.Serializer):
    """What the model said."""

    model = serializers.CharField()
    label = serializers.JSONField(allow_null=True)
    confidence = serializers.FloatField()
    probabilities = serializers.DictField(child=serializers.FloatField(), allow_null=True)


class SeatItem(serializers.Serializer):
    """The item as its reviewer sees it."""

    id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    kind = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())
    multilabel = serializers.BooleanField()
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    comment_required = serializers.BooleanField()
    cover = serializers.ChoiceField(
        ItemType.Cover.choices, help_text="How to show its picture until the person uncovers it."
    )
    payload = serializers.DictField(child=serializers.JSONField())
    context = serializers.DictField(child=serializers.JSONField())


class OpinionOut(serializers.Serializer):
    """What somebody else said of the item."""

    user = serializers.CharField()
    action = serializers.ChoiceField(Review.Action.choices)
    label = serializers.JSONField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)


class PieceOut(serializers.Serializer):
    """Some words of a text: in both versions, only in the newer (`in`), or only in the older (`out`)."""

    kind = serializers.ChoiceField(["same", "in", "out"])
    text = serializers.CharField()


class NewsOut(serializers.Serializer):
    """What changed in the guidelines since a version."""

    since = serializers.IntegerField()
    pieces = PieceOut(many=True)


class DisputeOut(serializers.Serializer):
    """Why a decision is disputed."""

    reason = serializers.CharField(allow_blank=True)
    opened_at = serializers.DateTimeField()


class SeatOut(serializers.Serializer):
    """One claimed assignment."""

    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(PURPOSES)
    queue = serializers.CharField()
    priority = serializers.ChoiceField(Priority.labels, allow_null=True, help_text="Null at a blind look.")
    blind = serializers.BooleanField(help_text="The model's answer is hidden; send your own with `edit`.")
    created_at = serializers.DateTimeField(help_text="Since when it waits.")
    due_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField()
    lease_expires_at = serializers.DateTimeField()
    guidelines = serializers.CharField(allow_blank=True, help_text="Markdown.")
    guidelines_version = serializers.IntegerField(help_text="Send it back with the answer.")
    guidelines_news = NewsOut(
        allow_null=True, help_text="For 30 days: what changed since the version of your last answer."
    )
    order = serializers.ListField(
        child=serializers.JSONField(),
        allow_null=True,
        help_text="For preferences: the labels in an order drawn for you, as people prefer the first.",
    )
    suggestion = SuggestionOut(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    opinions = OpinionOut(many=True, help_text="At an expert's decision: what others said. Else empty.")
    dispute = DisputeOut(
        allow_null=True,
        help_text="Of a disputed decision: its grounds. The comment is required there, and is the answer.",
    )
    item = SeatItem()


class WaitingSeat(serializers.Serializer):
    """One assignment that a claim would give."""

    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(PURPOSES)
    queue = serializers.CharField()
    priority = serializers.ChoiceField(Priority.labels, allow_null=True)
    blind = serializers.BooleanField()
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    item_type = serializers.CharField()


class WaitingSeats(serializers.Serializer):
    """The front of the caller's queues: what they hold, and what claims would give, most urgent first."""

    held = SeatOut(allow_null=True)
    results = WaitingSeat(many=True)


class AnswerIn(serializers.Serializer):
    """What a person says about the item in hand."""

    action = serializers.ChoiceField(Review.Action.choices)
    label = serializers.JSONField(
        required=False,
        allow_null=True,
        help_text="Needed by `edit`. As the kind has it; in a picture "
        "`[{label, box: [x1, y1, x2, y2], polygon?: [[x, y], …]}]`, in pixels from the top left.",
    )
    comment = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_COMMENT)
    confidence = serializers.FloatField(required=False, min_value=0, max_value=1, help_text="Your own.")
    time_spent_ms = serializers.IntegerField(required=False, min_value=0)
    guidelines = serializers.IntegerField(
        required=False, min_value=1, help_text="The version that was shown; left out: the one in force."
    )
    in_order = serializers.BooleanField(
        required=False,
        help_text="You showed the choices in the assignment's `order`: it is kept with the review.",
    )


class LeaseOut(serializers.Serializer):
    """An extended lease."""

    id = serializers.IntegerField()
    lease_expires_at = serializers.DateTimeField()


class LabelOut(serializers.Serializer):
    """What one person said an item is."""

    id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    label = serializers.JSONField(allow_null=True)
    user_id = serializers.IntegerField(allow_null=True)
    ts = serializers.DateTimeField()
    prev_confidence = serializers.FloatField(allow_null=True)
    session_id = serializers.UUIDField(allow_null=True)
    action = serializers.ChoiceField(Review.Action.choices)
    feedback_type = serializers.ChoiceField(Label.Feedback.choices, allow_null=True)
    weight = serializers.FloatField()
    superseded_at = serializers.DateTimeField(
        allow_null=True, help_text="When its author said something else instead; null while it is in force."
    )


class LabelIn(serializers.Serializer):
    """A label made elsewhere."""

    id = serializers.UUIDField(required=False, help_text="Your own; the same id is stored once.")
    item_type = serializers.CharField()
    item_ref = serializers.CharField(max_length=200)
    label = serializers.JSONField(allow_null=True)
    user_id = serializers.IntegerField(required=False, allow_null=True)
    ts = serializers.DateTimeField(required=False)
    prev_confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    action = serializers.ChoiceField(["approve", "edit"], required=False)
    feedback_type = serializers.ChoiceField(Label.Feedback.choices, required=False, allow_null=True)
    weight = serializers.FloatField(required=False, min_value=0.001, max_value=100)


class LabelsPosted(serializers.Serializer):
    """What became of posted labels, in the order sent."""

    created = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    labels = LabelOut(many=True)
