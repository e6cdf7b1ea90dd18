import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import learning.models.plans


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("routing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DriftReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("window", models.PositiveIntegerField()),
                ("found", models.JSONField()),
                ("drifted", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
                ("acted", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Embedding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("encoder", models.CharField(max_length=100)),
                ("vector", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric", models.CharField(max_length=40)),
                ("slice", models.CharField(default="all", max_length=400)),
                ("value", models.FloatField()),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("n", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["model_version", "metric", "slice"],
            },
        ),
        migrations.CreateModel(
            name="LearningPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="Off: no sampling and no training by the clock."
                    ),
                ),
                (
                    "goal",
                    models.CharField(
                        choices=[
                            ("accuracy", "accuracy: the most right answers overall"),
                            ("fairness", "fairness: the slices that do worst"),
                            ("edge_cases", "edge cases: rare and surprising items"),
                        ],
                        default="accuracy",
                        help_text="What the labels that are bought should serve.",
                        max_length=12,
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("adaptive", "adaptive"),
                            ("margin", "margin"),
                            ("entropy", "entropy"),
                            ("least_confidence", "least confidence"),
                            ("vote_entropy", "vote entropy"),
                            ("mean_kl", "mean kl"),
                            ("k_means", "k means"),
                            ("k_means_plus_plus", "k means plus plus"),
                            ("k_center", "k center"),
                            ("density", "density"),
                            ("distance", "distance"),
                            ("badge", "badge"),
                            ("typical", "typical"),
                            ("cluster_margin", "cluster margin"),
                            ("weighted_k_means", "weighted k means"),
                            ("hybrid", "hybrid"),
                            ("errors", "errors"),
                            ("pseudo_loss", "pseudo loss"),
                            ("hard_negatives", "hard negatives"),
                            ("rare", "rare"),
                            ("variance", "variance"),
                            ("disagreement", "disagreement"),
                            ("perplexity", "perplexity"),
                            ("harmful", "harmful"),
                            ("boxes", "boxes"),
                            ("box_instability", "box instability"),
                            ("box_errors", "box errors"),
                            ("random", "random"),
                        ],
                        default="adaptive",
                        help_text="How the next items to label are chosen. adaptive is the measured best.",
                        max_length=20,
                    ),
                ),
                (
                    "uncertainty_weight",
                    models.FloatField(
                        default=0.7,
                        help_text="Strategy hybrid: how much uncertainty counts; the rest is distance from labelled items.",
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                    ),
                ),
                (
                    "batch_size",
                    models.PositiveIntegerField(
                        default=100,
                        help_text="How many items a sampling run asks people for.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                    ),
                ),
                (
                    "label_budget",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many items you mean to have labelled because they were picked here. adaptive explores during the first half of them, then sharpens; no more are asked for. Empty: no end.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "random_share",
                    models.FloatField(
                        default=0.1,
                        help_text="Share of each pick that is drawn at random, so that the gain of choosing can be measured.",
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                    ),
                ),
                (
                    "trainer",
                    models.CharField(
                        choices=[
                            ("server", "this server"),
                            ("external", "your own trainer, called by webhook"),
                        ],
                        default="server",
                        help_text="Your own trainer is told at its address that training is due, and registers its model through the API.",
                        max_length=8,
                    ),
                ),
                (
                    "trainer_url",
                    models.CharField(
                        blank=True,
                        help_text="Where your own trainer is told that training is due.",
                        max_length=2000,
                        validators=[learning.models.plans.validate_address],
                        verbose_name="address of your trainer",
                    ),
                ),
                (
                    "ml_backend_url",
                    models.CharField(
                        blank=True,
                        help_text="A Label Studio ML backend that predicts for items without a prediction, in place of the server's champion. Its /predict is asked.",
                        max_length=2000,
                        validators=[learning.models.plans.validate_address],
                        verbose_name="address of the ML backend",
                    ),
                ),
                (
                    "learner",
                    models.CharField(
                        default="linear",
                        help_text="linear: fast, well behaved with few labels. forest: for features of mixed scales. mlp: a small neural network. Or a name that the settings add.",
                        max_length=200,
                    ),
                ),
                (
                    "ensemble",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many models are trained on resampled labels and averaged. 1: a single one.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                    ),
                ),
                (
                    "encoder",
                    models.CharField(
                        choices=[
                            ("auto", "auto"),
                            ("embedding", "embedding"),
                            ("features", "features"),
                            ("image", "image"),
                            ("text", "text"),
                            ("sentence", "sentence"),
                            ("pair", "pair"),
                            ("sentence_pair", "sentence pair"),
                        ],
                        default="auto",
                        error_messages={
                            "invalid_choice": "There is no encoder %(value)r. Use one of: auto, embedding, features, image, text, sentence, pair, sentence_pair."
                        },
                        help_text="How payloads become numbers. auto: embeddings that clients send, else features, else the image, else the words of the text; for preferences the words of both answers. sentence and sentence pair go by meaning, need the extra “sentences”, and take half a gigabyte in each process.",
                        max_length=20,
                    ),
                ),
                (
                    "update",
                    models.CharField(
                        choices=[
                            ("auto", "auto: from scratch while that takes little, else fine-tuned"),
                            ("retrain", "retrain: from scratch, on all labels"),
                            (
                                "fine_tune",
                                "fine-tune: from the champion, on new labels and a sample of old ones",
                            ),
                            (
                                "distil",
                                "distil: fine-tuned, and what is old is learnt half as the champion answers it",
                            ),
                        ],
                        default="auto",
                        help_text="How a new model comes from the champion.",
                        max_length=9,
                    ),
                ),
                (
                    "half_life_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="After so many days a label counts half as much in training. Empty: age does not count.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "retrain_after",
                    models.PositiveIntegerField(
                        default=50,
                        help_text="A new model is trained when this many labels came in since the last one.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "retrain_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A new model is trained when the last is so many days old and any label is new. Empty: not by the calendar.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "drift_retrains",
                    models.BooleanField(
                        default=True,
                        help_text="When drift is found, a new model is trained from the labels that are new.",
                    ),
                ),
                (
                    "drift_samples",
                    models.BooleanField(
                        default=True,
                        help_text="When drift is found, people are asked about what arrives now.",
                    ),
                ),
                (
                    "drift_tightens",
                    models.BooleanField(
                        default=False,
                        help_text="When drift is found, nothing is approved automatically until somebody lifts it.",
                    ),
                ),
                (
                    "slices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        help_text="Fields, separated by commas, on each of whose values a model is judged by itself, for example context.country, payload.channel.",
                        size=None,
                    ),
                ),
                (
                    "margin_overall",
                    models.FloatField(
                        default=0.005,
                        help_text="Gate: how far the accuracy may fall at worst (95 % bound). 0.005 is half a point.",
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(0.5),
                        ],
                    ),
                ),
                (
                    "margin_slice",
                    models.FloatField(
                        default=0.03,
                        help_text="Gate: the same for each class and slice.",
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(0.5),
                        ],
                    ),
                ),
                (
                    "must_be_better",
                    models.BooleanField(
                        default=False,
                        help_text="Gate: a new model must be right more often beyond chance. Off: it must not be worse, which few labels can show sooner than a small gain.",
                    ),
                ),
                (
                    "most_ece",
                    models.FloatField(
                        default=0.1,
                        help_text="Gate: how far confidence and accuracy may lie apart (expected calibration error).",
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                    ),
                ),
                (
                    "most_milliseconds",
                    models.PositiveIntegerField(
                        default=100,
                        help_text="Gate: how long one prediction may take, in milliseconds (95 % of them).",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "shadow_labels",
                    models.PositiveIntegerField(
                        default=50,
                        help_text="A model that passed the gate answers live items beside the champion, unseen, until people have labelled so many of them. 0: none.",
                    ),
                ),
                (
                    "auto_promote",
                    models.BooleanField(
                        default=False,
                        help_text="A model that passed the gate and the shadow takes over without being promoted by hand.",
                    ),
                ),
                (
                    "auto_roll_back",
                    models.BooleanField(
                        default=True,
                        help_text="Where people overturn a new champion more often than the one before it, that one returns.",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MLBackend",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("said", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "ML backend",
            },
        ),
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("exam", "Exam"),
                            ("shadow", "Shadow"),
                            ("challenger", "Challenger"),
                            ("champion", "Champion"),
                            ("retired", "Retired"),
                            ("refused", "Refused"),
                        ],
                        default="challenger",
                        max_length=10,
                    ),
                ),
                (
                    "trainer",
                    models.CharField(
                        choices=[
                            ("server", "this server"),
                            ("external", "your own trainer, called by webhook"),
                        ],
                        default="server",
                        max_length=8,
                    ),
                ),
                ("external_name", models.CharField(blank=True, max_length=200)),
                ("claimed", models.JSONField(default=dict)),
                ("notes", models.TextField(blank=True)),
                ("learner", models.CharField(max_length=200)),
                ("encoder", models.CharField(max_length=200)),
                ("labels_used", models.PositiveIntegerField()),
                ("artifact", models.CharField(blank=True, max_length=300)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("verdict", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("shadow_since", models.DateTimeField(null=True)),
                ("promoted_at", models.DateTimeField(null=True)),
                ("promoted_by", models.CharField(max_length=200, null=True)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["item_type", "-number"],
            },
        ),
        migrations.CreateModel(
            name="PoolChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("first", models.UUIDField()),
                ("last", models.UUIDField()),
                ("count", models.PositiveIntegerField(default=0)),
                ("candidates", models.BinaryField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["run", "place"],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("strategy", models.CharField(max_length=20)),
                ("labels_chosen", models.PositiveIntegerField()),
                ("labels_random", models.PositiveIntegerField()),
                ("labels_held_out", models.PositiveIntegerField()),
                ("curves", models.JSONField()),
                ("saving", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("pays", "Pays"), ("open", "Open"), ("loses", "Loses")],
                        default="open",
                        max_length=5,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SamplingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                        max_length=9,
                    ),
                ),
                ("trigger", models.CharField(max_length=100)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("progress", models.CharField(blank=True, max_length=200)),
                ("done_share", models.FloatField(default=0.0)),
                ("cancel_asked_by", models.CharField(blank=True, max_length=200)),
                ("error", models.TextField(blank=True)),
                ("strategy", models.CharField(max_length=20)),
                ("pool_size", models.PositiveIntegerField(default=0)),
                ("picked", models.PositiveIntegerField(default=0)),
                ("suggestions", models.JSONField(default=list)),
                ("basis", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                        max_length=9,
                    ),
                ),
                ("trigger", models.CharField(max_length=100)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("progress", models.CharField(blank=True, max_length=200)),
                ("done_share", models.FloatField(default=0.0)),
                ("cancel_asked_by", models.CharField(blank=True, max_length=200)),
                ("error", models.TextField(blank=True)),
                ("learner", models.CharField(max_length=200)),
                ("labels_used", models.PositiveIntegerField(default=0)),
                ("labels_held_out", models.PositiveIntegerField(default=0)),
                ("last_label", models.UUIDField(null=True)),
                ("dataset_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrialAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.JSONField(null=True)),
                ("confidence", models.FloatField(null=True)),
                ("probabilities", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["model_version", "item"],
            },
        ),
        migrations.AddField(
            model_name="driftreport",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drift_reports",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="embedding",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="embeddings",
                to="routing.item",
            ),
        ),
        migrations.AddField(
            model_name="learningplan",
            name="item_type",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="learning_plan",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="mlbackend",
            name="item_type",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="ml_backend", to="routing.itemtype"
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="item_type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="model_versions",
                to="routing.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="learning.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="model_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evaluations",
                to="learning.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="driftreport",
            name="model_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drift_reports",
                to="learning.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="proof",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proofs", to="routing.itemtype"
            ),
        ),
        migrations.AddField(
            model_name="samplingrun",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="routing.itemtype"
            ),
        ),
        migrations.AddField(
            model_name="poolchunk",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chunks",
                to="learning.samplingrun",
            ),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="item_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="routing.itemtype"
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="run",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="model_version",
                to="learning.trainingrun",
            ),
        ),
        migrations.AddField(
            model_name="trialanswer",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="trial_answers", to="routing.item"
            ),
        ),
        migrations.AddField(
            model_name="trialanswer",
            name="model_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="trial_answers",
                to="learning.modelversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="embedding",
            constraint=models.UniqueConstraint(fields=("item", "encoder"), name="embedding_is_made_once"),
        ),
        migrations.AddConstraint(
            model_name="learningplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trainer", "external"), _negated=True),
                    models.Q(("trainer_url", ""), _negated=True),
                    _connector="OR",
                ),
                name="plan_external_has_address",
                violation_error_message="Write the address at which your own trainer is told.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                fields=("model_version", "metric", "slice"), name="evaluation_is_measured_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")),
                fields=("item_type",),
                name="samplingrun_one_running_per_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status", "running")),
                    models.Q(models.Q(("status", "running"), _negated=True), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="samplingrun_is_finished_when_it_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="poolchunk",
            constraint=models.UniqueConstraint(fields=("run", "place"), name="poolchunk_place_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="poolchunk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("candidates__isnull", True), ("done_at__isnull", True)),
                    models.Q(("candidates__isnull", False), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="poolchunk_is_done_with_candidates",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")),
                fields=("item_type",),
                name="trainingrun_one_running_per_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status", "running")),
                    models.Q(models.Q(("status", "running"), _negated=True), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="trainingrun_is_finished_when_it_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.UniqueConstraint(fields=("item_type", "number"), name="model_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_name", ""), _negated=True),
                fields=("item_type", "external_name"),
                name="model_external_name_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "champion")),
                fields=("item_type",),
                name="model_one_champion_per_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("promoted_at__isnull", True), ("promoted_by__isnull", True)),
                    models.Q(
                        models.Q(("promoted_at__isnull", True), _negated=True),
                        models.Q(("promoted_by__isnull", True), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="model_promotion_has_time_and_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "champion"), _negated=True),
                    ("promoted_at__isnull", False),
                    _connector="OR",
                ),
                name="model_champion_was_promoted",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "shadow"), _negated=True),
                    ("shadow_since__isnull", False),
                    _connector="OR",
                ),
                name="model_shadow_has_begun",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("trainer", "external"),
                    models.Q(
                        models.Q(("artifact", ""), _negated=True), models.Q(("sha256", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="model_of_ours_has_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="trialanswer",
            constraint=models.UniqueConstraint(
                fields=("model_version", "item"), name="trial_answer_is_given_once"
            ),
        ),
    ]
