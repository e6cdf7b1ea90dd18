import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import audit.uuid7


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("routing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnnotatorSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("votes", models.FloatField(default=0.0)),
                ("accuracy", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("confusion", models.JSONField(null=True)),
                ("gold_answered", models.PositiveIntegerField(default=0)),
                ("gold_right", models.PositiveIntegerField(default=0)),
                ("expert_compared", models.PositiveIntegerField(default=0)),
                ("expert_agreed", models.PositiveIntegerField(default=0)),
                ("rates", models.JSONField(null=True)),
                ("last_label", models.UUIDField(null=True)),
                ("measured_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["item_type", "user"],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waits for an expert"),
                            ("upheld", "the decision stands"),
                            ("overturned", "the decision was changed"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("disputed_label", models.JSONField(null=True)),
                ("disputed_by", models.CharField(max_length=200)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("opened_by", models.CharField(max_length=200)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(max_length=200, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "check_name",
                    models.CharField(
                        choices=[
                            ("too_fast", "answered faster than it can be read"),
                            ("empty_edit", "an edit that changes nothing of substance"),
                            ("impossible_box", "a box that can hardly be one"),
                            ("contradiction", "an item almost alike has another answer"),
                            ("label_error", "other answers and the model make it improbable"),
                        ],
                        max_length=20,
                    ),
                ),
                ("score", models.FloatField()),
                ("detail", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("confirmed", "a second look says the same"),
                            ("changed", "a second look says otherwise"),
                            ("dismissed", "a lead found nothing wrong"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="GoldenExample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("sketch", models.BinaryField(null=True)),
                ("query", models.TextField(blank=True)),
                ("context", models.JSONField(blank=True, default=list)),
                ("output", models.JSONField(null=True)),
                ("edited_output", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True, help_text="Set it and the example is no longer used.", null=True
                    ),
                ),
                ("retired_because", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=audit.uuid7.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("format", models.CharField(max_length=20)),
                ("pool", models.BooleanField(default=False)),
                ("names", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("read", models.PositiveBigIntegerField(default=0)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("duplicates", models.PositiveIntegerField(default=0)),
                ("labels", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Keymap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("keys", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["user"],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=audit.uuid7.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("item_ref", models.CharField(max_length=200)),
                ("label", models.JSONField(null=True)),
                ("ts", models.DateTimeField(default=django.utils.timezone.now)),
                ("prev_confidence", models.FloatField(null=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("edit", "Edit"),
                            ("reject", "Reject"),
                            ("escalate", "Escalate"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "feedback_type",
                    models.CharField(
                        choices=[
                            ("positive", "Positive"),
                            ("negative", "Negative"),
                            ("correction", "Correction"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("weight", models.FloatField(default=1.0)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("review", "Review"),
                            ("overlap", "Overlap"),
                            ("expert", "Expert"),
                            ("audit", "Audit"),
                            ("learn", "Learn"),
                            ("seed", "Seed"),
                            ("gold", "Gold"),
                            ("validate", "Validate"),
                            ("second", "Second"),
                            ("appeal", "Appeal"),
                            ("import", "Import"),
                            ("feedback", "Feedback"),
                        ],
                        max_length=8,
                    ),
                ),
                ("blind", models.BooleanField(default=False)),
                ("reserved", models.BooleanField(default=False)),
                ("inclusion", models.FloatField(default=1.0)),
                ("time_spent_ms", models.PositiveIntegerField(null=True)),
                ("guidelines", models.PositiveIntegerField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "labels",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="annotatorskill",
            name="item_type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="skills",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="annotatorskill",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="annotator_skills",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeals",
                to="routing.item",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="seat",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeal",
                to="routing.assignment",
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="routing.item"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="routing.itemtype"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="seat",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="flags",
                to="routing.assignment",
            ),
        ),
        migrations.AddField(
            model_name="goldenexample",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="golden_examples",
                to="routing.item",
            ),
        ),
        migrations.AddField(
            model_name="goldenexample",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="golden_examples",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="goldenexample",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="labeling.goldenexample",
            ),
        ),
        migrations.AddField(
            model_name="goldenexample",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="golden_examples",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="item_type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imports",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="keymap",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="keymap",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="human_labels",
                to="routing.item",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="item_type",
            field=models.ForeignKey(
                db_column="item_type",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="human_labels",
                to="routing.itemtype",
                to_field="slug",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="human_labels",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="label",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="flags",
                to="labeling.label",
            ),
        ),
        migrations.CreateModel(
            name="Precedent",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="precedent",
                        serialize=False,
                        to="routing.item",
                    ),
                ),
                ("sketch", models.BinaryField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "item_type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="precedents",
                        to="routing.itemtype",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ProductionFeedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("correct", models.BooleanField()),
                ("answer", models.JSONField(null=True)),
                ("label", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="production_feedback",
                        to="routing.item",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="production_feedback",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "production feedback",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("edit", "Edit"),
                            ("reject", "Reject"),
                            ("escalate", "Escalate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("label", models.JSONField(null=True)),
                ("confidence", models.FloatField(null=True)),
                ("comment", models.TextField(blank=True)),
                ("time_spent_ms", models.PositiveIntegerField(null=True)),
                ("blind", models.BooleanField()),
                ("agrees_with_ai", models.BooleanField(null=True)),
                ("shown", models.JSONField(null=True)),
                ("guidelines", models.PositiveIntegerField(null=True)),
                ("quality", models.FloatField(null=True)),
                ("right", models.BooleanField(null=True)),
                ("upholds", models.BooleanField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("corrected_at", models.DateTimeField(null=True)),
                ("correcting_until", models.DateTimeField(null=True)),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="routing.assignment",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="routing.item"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="label",
            name="review",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="human_labels",
                to="labeling.review",
            ),
        ),
        migrations.AddField(
            model_name="goldenexample",
            name="review",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="golden_examples",
                to="labeling.review",
            ),
        ),
        migrations.CreateModel(
            name="ReviewSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=audit.uuid7.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_active_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("working_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sittings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at"],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="labeling.reviewsession",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="human_labels",
                to="labeling.reviewsession",
            ),
        ),
        migrations.AddConstraint(
            model_name="annotatorskill",
            constraint=models.UniqueConstraint(
                fields=("item_type", "user"), name="skill_once_per_person_and_type", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="annotatorskill",
            constraint=models.CheckConstraint(
                condition=models.Q(("accuracy__gte", 0), ("accuracy__lte", 1)),
                name="skill_accuracy_is_a_probability",
            ),
        ),
        migrations.AddConstraint(
            model_name="annotatorskill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expert_agreed__lte", models.F("expert_compared")),
                    ("gold_right__lte", models.F("gold_answered")),
                ),
                name="skill_right_at_most_as_often_as_asked",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["item", "-id"], name="appeal_by_item"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("item",), name="appeal_one_open_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(
                        models.Q(("closed_at__isnull", True), _negated=True),
                        models.Q(("closed_by__isnull", True), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeal_closing_has_time_and_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="appeal_is_closed_when_its_state_says_so",
            ),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["item_type", "-id"], name="importrun_latest_of_a_type"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status", "running")),
                    models.Q(models.Q(("status", "running"), _negated=True), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="importrun_is_finished_when_it_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["item_type", "-score"],
                name="flag_open_by_score",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(fields=("label", "check_name"), name="flag_once_per_check"),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 1)), name="flag_score_is_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__isnull", True), ("settled_at__isnull", True)),
                    models.Q(
                        models.Q(("outcome__isnull", True), _negated=True),
                        models.Q(("settled_at__isnull", True), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="flag_outcome_has_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="precedent",
            index=models.Index(fields=["item_type", "-created_at"], name="precedent_newest_of_a_type"),
        ),
        migrations.AddIndex(
            model_name="productionfeedback",
            index=models.Index(fields=["item", "-id"], name="feedback_latest_of_an_item"),
        ),
        migrations.AddIndex(
            model_name="goldenexample",
            index=models.Index(
                condition=models.Q(("retired_at__isnull", True)),
                fields=["item_type", "-id"],
                name="golden_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("user",),
                name="session_one_open_per_person",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["user", "-created_at"], name="review_by_person"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("right__isnull", False)),
                fields=["user", "created_at"],
                name="review_of_known_questions",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                name="review_confidence_is_a_probability",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("quality__gte", 0), ("quality__lte", 1)), name="review_quality_is_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["approve", "edit", "reject", "escalate"])),
                name="review_action_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action__in", ["reject", "escalate"]), _negated=True),
                    ("label__isnull", True),
                    _connector="OR",
                ),
                name="review_refusal_has_no_label",
            ),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["item_type", "item_ref", "-ts"], name="label_latest_of_an_item"),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["item_type", "id"], name="label_by_type"),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["ts"], name="label_by_time"),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(
                condition=models.Q(("source", "learn")), fields=["item_type", "id"], name="label_asked_for"
            ),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(
                condition=models.Q(("checked_at__isnull", True), ("superseded_at__isnull", True)),
                fields=["id"],
                name="label_unchecked",
            ),
        ),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.CheckConstraint(
                condition=models.Q(("inclusion__gt", 0), ("inclusion__lte", 1)),
                name="label_inclusion_is_a_probability",
            ),
        ),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0)), name="label_weight_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.CheckConstraint(
                condition=models.Q(("prev_confidence__gte", 0), ("prev_confidence__lte", 1)),
                name="label_confidence_is_a_probability",
            ),
        ),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("review",),
                name="label_one_in_force_per_review",
            ),
        ),
    ]
