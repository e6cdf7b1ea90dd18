"""A learning plan names an encoder that suits the kind and works on this server, or says what is wrong."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import inlineformset_factory

from learning import config
from learning.encoders import sentence_model
from learning.models import LearningPlan
from routing.config_file import ConfigError
from routing.models import ItemType
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db
NAMES = "auto, embedding, features, image, text, sentence"
UNSUITED = f"The encoder pair does not suit classification. Use one of: {NAMES}."


@pytest.fixture
def without_extra(monkeypatch):
    monkeypatch.setattr(sentence_model, "find_spec", lambda name: None)


@pytest.mark.parametrize("encoder", ["auto", "embedding", "features", "image", "text"])
def test_an_encoder_for_the_kind_is_taken(encoder):
    plan = worlds.shapes().learning_plan
    plan.encoder = encoder
    plan.full_clean()


def test_a_configuration_file_is_told_which_encoders_there_are():
    with pytest.raises(ConfigError) as wrong:
        config.apply(worlds.shapes(), {"encoder": "bert"}, by="system:test")
    assert wrong.value.place == ("encoder",)
    assert wrong.value.message == f"There is no encoder 'bert'. Use one of: {NAMES}, pair, sentence_pair."


def test_a_configuration_file_is_told_of_an_encoder_for_another_kind():
    with pytest.raises(ConfigError, match=UNSUITED):
        config.apply(worlds.shapes(), {"encoder": "pair"}, by="system:test")


def test_without_the_extra_the_plan_says_what_to_install(without_extra):
    plan = worlds.shapes().learning_plan
    plan.encoder = "sentence"
    with pytest.raises(ValidationError) as wrong:
        plan.full_clean()
    assert wrong.value.message_dict == {
        "encoder": ["Sentence embeddings need the extra `sentences`: pip install 'hitl[sentences]'."]
    }


@pytest.mark.parametrize(("kind", "wrong"), [("preference", []), ("classification", [UNSUITED])])
def test_the_form_of_a_new_item_type_checks_the_encoder_by_its_kind(kind, wrong):
    item_type = ItemType(kind=kind, queue=factories.queue())
    forms = inlineformset_factory(ItemType, LearningPlan, fields=["encoder"], extra=1)
    sent = {
        "learning_plan-TOTAL_FORMS": "1",
        "learning_plan-INITIAL_FORMS": "0",
        "learning_plan-0-encoder": "pair",
    }
    form = forms(sent, instance=item_type).forms[0]
    assert form.errors.get("encoder", []) == wrong
