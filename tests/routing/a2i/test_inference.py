"""What Amazon's services answer is read as the context that rules go by."""

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
