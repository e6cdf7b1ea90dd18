"""What people answered at Amazon A2I comes along, and goes back out in its shape."""

import json

import pytest
from django.core.management import CommandError, call_command

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.exporting import formats, streaming
from labeling.models import Label
from routing import assignments
from routing.a2i import storing
from routing.models import Item
from tests import factories
from tests.routing.a2i.samples import label

pytestmark = pytest.mark.django_db

OUTPUT = {
    "flowDefinitionArn": "arn:aws:sagemaker:us-west-2:1:flow-definition/moderation",
    "humanLoopName": "loop-1",
    "humanAnswers": [
        {
            "answerContent": {"crowd-classifier": {"label": "positive"}},
            "submissionTime": "2020-09-28T19:22:35.508Z",
            "workerId": "ef72",
        }
    ],
    "inputContent": {
        "aiServiceResponse": {"moderationLabels": [{"name": "Suggestive", "confidence": 96.7}]},
        "taskObject": {"initialValue": "A fine film."},
    },
}


def take_in(tmp_path, capsys, *outputs):
    for number, one in enumerate(outputs):
        (tmp_path / f"{number}").mkdir(exist_ok=True)
        (tmp_path / f"{number}" / "output.json").write_text(json.dumps(one))
    call_command(
        "import_a2i_answers", tmp_path, item_type="sentiment", answer="crowd-classifier.label",
        payload="taskObject", field=["initialValue=text"],
    )  # fmt: skip
    return capsys.readouterr().out


def test_a_human_loop_becomes_an_item_with_its_label(tmp_path, capsys):
    factories.item_type()
    wrong = OUTPUT | {"humanLoopName": "loop-2", "humanAnswers": [{"answerContent": {}}]}
    said = take_in(tmp_path, capsys, OUTPUT, wrong)
    assert said.splitlines()[0] == "2 loops: 1 items new, 0 known, 1 labels new, 1 refused"
    item, given = Item.objects.get(), Label.objects.get()
    assert (item.item_ref, item.payload, item.label) == ("loop-1", {"text": "A fine film."}, "positive")
    assert item.context["moderation_labels"][0]["name"] == "Suggestive"
    assert (given.user.username, given.ts.isoformat()) == ("a2i-ef72", "2020-09-28T19:22:35.508000+00:00")
    assert take_in(tmp_path, capsys, OUTPUT).startswith("2 loops: 0 items new, 1 known, 0 labels new")


def test_files_that_are_no_output_are_told_one_by_one(tmp_path, capsys):
    factories.item_type()
    (tmp_path / "deep.json").write_text("[" * 200_000)
    said = take_in(tmp_path, capsys, OUTPUT | {"humanAnswers": ["yes"]}, [], OUTPUT)
    assert said.splitlines()[0] == "4 loops: 1 items new, 0 known, 1 labels new, 3 refused"
    assert ("humanAnswers[0]: Send an object, not text." in said, "deep.json: it can't be read" in said) == (
        True,
        True,
    )


def test_files_that_hold_something_odd_are_told_by_name_and_the_rest_goes_in(tmp_path, capsys):
    factories.item_type()
    blocks = OUTPUT["inputContent"] | {"aiServiceResponse": {"Blocks": [{"Id": []}]}}
    nan = OUTPUT["inputContent"] | {"taskObject": {"initialValue": float("nan")}}
    (tmp_path / "huge.json").write_text(json.dumps(OUTPUT).replace('"A fine film."', "1e999"))
    odd = [OUTPUT | {"inputContent": content} for content in (blocks, nan)]
    first, *refused = take_in(tmp_path, capsys, *odd, OUTPUT).splitlines()
    assert first == "4 loops: 1 items new, 0 known, 1 labels new, 3 refused"
    shape = "inputContent.aiServiceResponse: The Id of a block must be a text."
    assert refused == [
        f"refused {tmp_path / '0' / 'output.json'}: {shape}",
        f"refused {tmp_path / '1' / 'output.json'}: it can't be read: NaN is no JSON number",
        f"refused {tmp_path / 'huge.json'}: This is no JSON: Infinity is no JSON number.",
    ]


def test_a_field_without_a_name_of_ours_is_refused(tmp_path):
    with pytest.raises(CommandError, match="--field initialValue: write THEIRS=OURS"):
        call_command("import_a2i_answers", tmp_path, item_type="x", answer="a", field=["initialValue"])


@pytest.mark.parametrize("place", ["", "nowhere", "nowhere.json"])
def test_a_folder_without_files_fails_in_place_of_taking_in_nothing(tmp_path, place):
    with pytest.raises(CommandError, match="there is no file of JSON there"):
        call_command("import_a2i_answers", tmp_path / place, item_type="x", answer="a")


def test_an_export_has_the_shape_of_output_json_and_says_which_conditions_held(rita):
    item_type = factories.item_type()
    tree = {"Or": [label("Suggestive", ConfidenceLessThan=98), label("Violence", ConfidenceGreaterThan=98)]}
    storing.store(item_type, json.dumps({"Conditions": [tree]}), by="system:test")
    shown = {"moderation_labels": [{"name": "Suggestive", "confidence": 96.7}]}
    factories.submit(0.6, ref="loop-1", context=shown)
    review.submit(assignments.claim(by=rita).pk, Answer("edit", label="negative"), by=rita)
    form = formats.find("a2i", "classification")
    (line,) = b"".join(streaming.stream("a2i", form, streaming.wanted(item_type, form), by="x")).splitlines()
    found = json.loads(line)
    assert (found["humanLoopName"], found["humanAnswers"][0]["answerContent"]) == (
        "loop-1",
        {"label": "negative"},
    )
    (held,) = found["inputContent"]["humanTaskActivationConditionResults"]["Conditions"]
    assert [held["EvaluationResult"], *(one["EvaluationResult"] for one in held["Or"])] == [True, True, False]
