"""What Amazon's services answer is read as the context that rules go by."""

import pytest

from routing.a2i import inference

TEXTRACT = {
    "Blocks": [
        {
            "Id": "k", "BlockType": "KEY_VALUE_SET", "EntityTypes": ["KEY"], "Confidence": 61.5,
            "Relationships": [{"Type": "VALUE", "Ids": ["v"]}, {"Type": "CHILD", "Ids": ["w1", "w2"]}],
        },
        {
            "Id": "v", "BlockType": "KEY_VALUE_SET", "EntityTypes": ["VALUE"], "Confidence": 61.5,
            "Relationships": [{"Type": "CHILD", "Ids": ["w3"]}],
        },
        {"Id": "w1", "BlockType": "WORD", "Text": "Pay", "Confidence": 99.0},
        {"Id": "w2", "BlockType": "WORD", "Text": "Date", "Confidence": 98.0},
        {"Id": "w3", "BlockType": "WORD", "Text": "2026-11-21", "Confidence": 80.0},
    ]
}  # fmt: skip


def test_key_value_pairs_are_read_with_the_confidences_of_their_words():
    pair = {
        "key": "Pay Date",
        "value": "2026-11-21",
        "confidence": 61.5,
        "word_confidences": [99.0, 98.0, 80.0],
    }
    assert inference.context(TEXTRACT) == {"form_keys": [pair]}


def test_moderation_labels_are_read_in_both_spellings():
    found = {"moderation_labels": [{"name": "Suggestive", "confidence": 96.7, "parent": ""}]}
    spelt = {"ModerationLabels": [{"Name": "Suggestive", "Confidence": 96.7, "ParentName": ""}]}
    assert inference.context(spelt) == found
    assert inference.context({"moderationLabels": [{"name": "Suggestive", "confidence": 96.7}]}) == found
    assert inference.context({"Other": 1}) == {}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"Id": ["k"]}, "Id of a block must be a text"),
        ({"EntityTypes": 5}, "EntityTypes of a block must be a list"),
        ({"Relationships": [{"Type": "CHILD", "Ids": [["w1"]]}]}, "Ids of a relationship must be a text"),
        ({"Relationships": [{"Type": "CHILD", "Ids": "w1"}]}, "Ids of a block must be a list"),
    ],
)
def test_blocks_of_another_shape_are_refused(odd, why):
    with pytest.raises(ValueError, match=why):
        inference.context({"Blocks": [TEXTRACT["Blocks"][0] | odd]})


def test_a_word_that_is_no_text_is_refused():
    words = [one | {"Text": 5} for one in TEXTRACT["Blocks"]]
    with pytest.raises(ValueError, match="Text of a block must be a text"):
        inference.context({"Blocks": words})
