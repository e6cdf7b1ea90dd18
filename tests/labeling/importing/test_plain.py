"""Rows of a table under the names that an import knows, and what tells them apart."""

from labeling.importing import plain


def test_columns_are_renamed_left_out_and_read_as_json():
    row = {"a": "1", "b": "x", "c": "", "d": "[1", "e": "5"}
    names = {"a": "width:json", "b": "", "c": "height:json", "d": "features:json"}
    assert plain.renamed(row, names) == {"width": 1, "features": "[1", "e": "5"}


def test_a_row_without_a_reference_gets_one_of_what_it_says():
    row = {"text": "Hi.", "n": "1"}
    made = plain.referred({"payload": row}, row)
    assert made == plain.referred({"payload": row}, {"n": "1", "text": "Hi."})
    assert (len(made["item_ref"]), made["item_ref"][:4]) == (36, "row-")
    assert made["item_ref"] != plain.referred({}, {"text": "Hi.", "n": "2"})["item_ref"]


def test_an_empty_reference_is_left_for_the_check_to_refuse():
    assert plain.referred({"payload": {}}, {"item_ref": ""}) == {"payload": {}}


def test_an_answer_beside_which_no_model_is_named_has_one():
    made = plain.unflatten({"text": "a", "prediction.label": "ham", "prediction.confidence": "97%"})
    assert made["predictions"] == [{"model": "imported", "label": "ham", "confidence": 0.97}]


def test_a_confidence_is_read_as_a_spreadsheet_writes_it():
    told = ["0.5", "0,5", " 50 % ", 0.5, "half", "%"]
    assert [plain.number(one) for one in told] == [0.5, 0.5, 0.5, 0.5, "half", "%"]


def test_a_number_is_a_label_where_labels_are_texts():
    row = {"item_ref": "a", "label": 1, "prediction.label": 0}
    made = plain.record(row, {}, ["0", "1"])
    assert (made["labels"], made["predictions"][0]["label"]) == ([{"label": "1"}], "0")
    assert plain.record(row, {}, [])["labels"] == [{"label": 1}]
