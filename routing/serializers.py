"""The shapes of items for the OpenAPI document; what comes in is checked by `routing.intake`."""

from rest_framework import serializers

from routing.models import Action, Priority, Status

SENT = {
    "item_type": "sentiment",
    "item_ref": "review-123",
    "payload": {"text": "The room was fine, the view was not."},
    "context": {"amount": 120, "country": "AE", "requires_audit": False},
    "predictions": [
        {
            "model": "clf@3",
            "label": "negative",
            "confidence": 0.62,
            "probabilities": {"negative": 0.62, "positive": 0.38},
        }
    ],
    "callback_url": "https://client.example/hooks/hitl",
}
ANSWERED = {
    "id": "019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11",
    "item_type": "sentiment",
    "item_ref": "review-123",
    "status": "pending_human",
    "action": "human_review",
    "priority": "high",
    "label": None,
    "confidence": 0.62,
    "confidence_level": "low",
    "uncertainty": 0.664,
    "reasons": ["confidence 0.620 below the auto-approve threshold 0.950"],
    "policy": 7,
    "model": "clf@3",
    "created_at": "2026-11-20T09:30:00+00:00",
    "decided_at": None,
    "decided_by": None,
    "appeal_url": None,
    "erased_at": None,
    "queue": "reviews",
    "queue_position": 14,
    "estimated_wait_seconds": 320,
    "estimated_wait_low": 190,
    "estimated_wait_high": 450,
    "due_at": "2026-11-20T11:30:00+00:00",
    "duplicate": False,
}


class PredictionIn(serializers.Serializer):
    """What one model said; the first prediction is judged, the others are its committee."""

    model = serializers.CharField(max_length=200, help_text="NAME@VERSION.")
    label = serializers.JSONField(
        required=False, help_text="As the kind has it; left out, the most probable one."
    )
    confidence = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text="Left out, the label's probability."
    )
    probabilities = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        required=False,
        help_text="Probability by label; they sum to 1, unless several labels may hold at once.",
    )


class ItemIn(serializers.Serializer):
    """One thing to be decided."""

    item_type = serializers.CharField(help_text="The item type's short name.")
    item_ref = serializers.CharField(
        max_length=200, help_text="Your own name of it; unique together with item_type."
    )
    payload = serializers.DictField(
        child=serializers.JSONField(), help_text="What a reviewer sees; its fields depend on the kind."
    )
    context = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="What business rules read."
    )
    predictions = PredictionIn(many=True, required=False)
    callback_url = serializers.URLField(
        required=False, help_text="Where the decision is sent to, http or https."
    )
    purpose = serializers.ChoiceField(
        ["decide", "pool"],
        required=False,
        help_text="`pool`: it waits unlabelled for the sampler and is never decided.",
    )


class ItemOut(serializers.Serializer):
    """One item and where it stands."""

    id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    action = serializers.ChoiceField(Action.choices, allow_null=True)
    priority = serializers.ChoiceField(Priority.labels)
    label = serializers.JSONField(allow_null=True, help_text="The final answer, once approved.")
    confidence = serializers.FloatField(allow_null=True)
    confidence_level = serializers.ChoiceField(["high", "medium", "low"], allow_null=True)
    uncertainty = serializers.FloatField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    policy = serializers.IntegerField(allow_null=True, help_text="The number of the policy that judged it.")
    model = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    appeal_url = serializers.CharField(
        allow_null=True,
        help_text="Give it to whom a decision is about: there it can be disputed, without an account. null "
        "where the item type has no such right, before the decision, and once the item is erased.",
    )
    erased_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when its content is erased, and answers in words with it."
    )


class PlacedItem(ItemOut):
    """One item with its place in the queue; from `queue` on all is null where nobody is asked."""

    queue = serializers.CharField(allow_null=True)
    queue_position = serializers.IntegerField(
        allow_null=True, help_text="Free seats served before it, counted up to 1,000."
    )
    estimated_wait_seconds = serializers.IntegerField(
        allow_null=True,
        help_text="By the pace of the last four hours; null where nothing was answered in them.",
    )
    estimated_wait_low = serializers.IntegerField(
        allow_null=True, help_text="Seconds; nine of ten items wait from this to `estimated_wait_high`."
    )
    estimated_wait_high = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    due_at = serializers.DateTimeField(allow_null=True)


class PostedItem(PlacedItem):
    """One item as the answer to its post."""

    duplicate = serializers.BooleanField(help_text="It was known before; nothing changed.")


class ItemBrief(serializers.Serializer):
    """One item of many, in brief."""

    id = serializers.UUIDField()
    item_ref = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    action = serializers.ChoiceField(Action.choices, allow_null=True)
    label = serializers.JSONField(allow_null=True)


class PostedItems(serializers.Serializer):
    """What became of an array of items, in the order sent."""

    created = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    items = ItemBrief(many=True)


class TrailEvent(serializers.Serializer):
    """One event of an item's life."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="user:NAME, key:PREFIX/NAME or system:PART.")
    verb = serializers.CharField()
    request_id = serializers.CharField()
    policy = serializers.IntegerField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    rules = serializers.ListField(child=serializers.CharField(), help_text="Names of the rules that matched.")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    data = serializers.DictField(child=serializers.JSONField(), help_text="Everything that was recorded.")
