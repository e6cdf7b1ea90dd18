"""The shapes of figures for the OpenAPI document."""

from rest_framework import serializers

from labeling.models import Flag


class CheckedOut(serializers.Serializer):
    """How right answers are, estimated for all of them from those that were looked at; 95 % interval."""

    checks = serializers.IntegerField()
    accuracy = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class QueueOut(serializers.Serializer):
    """One queue and what waits in it."""

    queue = serializers.CharField()
    group = serializers.CharField()
    paused = serializers.BooleanField()
    open = serializers.IntegerField()
    by_priority = serializers.DictField(child=serializers.IntegerField())
    overdue = serializers.IntegerField()
    held = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)
    answered_last_hour = serializers.IntegerField()


class FlaggedOut(serializers.Serializer):
    """Labels that one check found doubtful, and what became of them."""

    check = serializers.ChoiceField(Flag.Check.choices)
    raised = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Waiting for a second look, or for a lead.")
    changed = serializers.IntegerField(help_text="The doubt was right: the second look says otherwise.")
    confirmed = serializers.IntegerField(help_text="The second look says the same.")
    dismissed = serializers.IntegerField(help_text="A lead found nothing wrong.")
    right = serializers.FloatField(allow_null=True, help_text="`changed` as a share of what is settled.")
    low = serializers.FloatField(allow_null=True, help_text="Lower end of its 95 % interval (Wilson).")
    high = serializers.FloatField(allow_null=True, help_text="Upper end of it.")


class SummaryOut(serializers.Serializer):
    """The figures of a window; rates are shares of the items that were routed."""

    item_type = serializers.CharField(allow_null=True)
    days = serializers.FloatField()
    items = serializers.IntegerField()
    routed = serializers.IntegerField()
    automated = serializers.IntegerField()
    human = serializers.IntegerField()
    expert = serializers.IntegerField()
    waiting_for_model = serializers.IntegerField()
    pooled = serializers.IntegerField()
    decided = serializers.IntegerField()
    automation_rate = serializers.FloatField(allow_null=True)
    review_rate = serializers.FloatField(allow_null=True)
    reviews = serializers.IntegerField()
    agreement_with_model = serializers.FloatField(allow_null=True)
    mean_review_seconds = serializers.FloatField(allow_null=True)
    median_review_seconds = serializers.FloatField(allow_null=True)
    checked = CheckedOut(help_text="Automated decisions, checked by people.")
    validated = CheckedOut(help_text="Decisions of reviewers, answered again by experts.")
    flags = FlaggedOut(many=True, help_text="By check of the labels; one that flagged nothing is left out.")
    people_at_work = serializers.IntegerField(
        help_text="Who holds an item at this moment, or has answered one in the last 15 minutes."
    )
    queues = QueueOut(many=True)
