"""What a JSON value from outside may hold."""

import base64

import pytest

from routing.values import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_PATH,
    Findings,
    KindErrors,
    clean_context,
    is_number,
    storable,
    too_deep,
)
from tests.pictures import picture

PNG = picture(3, 2)


def uri(data=PNG, mime="image/png"):
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def codes(check, value, **limits):
    findings = Findings()
    fits = getattr(findings, check)(value, "field", **limits)
    assert fits == (not findings.errors)
    return [error.code for error in findings.errors]


@pytest.mark.parametrize("value", ["https://x.example/a.png?b=1", "http://x.example/a", uri()])
def test_images_are_addresses_or_data_uris(value):
    assert codes("image", value) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("javascript:alert(1)", "invalid"),
        ("//x.example/a.png", "invalid"),
        ("http://", "invalid"),
        ("http://[x/a.png", "invalid"),
        ("https://x.example/a b", "invalid"),
        (uri(b"<svg/>", "image/svg+xml"), "image_type"),
        (uri(b"<html>", "image/png"), "invalid"),
        ("data:image/png;base64,@@@", "invalid"),
        ("data:image/png," + "a" * 20, "invalid"),
        (uri(PNG + b"\0" * 6_000_000), "max_length"),
        ("https://x.example/" + "a" * 2000, "max_length"),
        (7, "invalid"),
    ],
)
def test_other_images_are_refused(value, code):
    assert codes("image", value) == [code]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([1, 2.5], []),
        ([0.1] * 100_000, []),
        ([], ["invalid"]),
        ([0.1] * 100_001, ["invalid"]),
        ([float("nan")], ["invalid"]),
        ([float("inf"), float("-inf")], ["invalid"]),
        ([True], ["invalid"]),
        (["1"], ["invalid"]),
        ([10**400], ["invalid"]),
        ("12", ["invalid"]),
    ],
)
def test_features_are_finite_numbers(value, found):
    assert codes("features", value) == found


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "é\x00"])
def test_text_that_the_database_cannot_keep_is_refused(text):
    assert not storable(text)
    assert codes("text", text) == ["invalid"]
    assert codes("free_form", {"a": [text]}) == ["invalid"]
    assert codes("free_form", {text: 1}) == ["invalid"]


def test_text_has_a_length():
    assert codes("text", "x" * 11, limit=10) == ["max_length"]
    assert codes("text", " \n") == ["blank"]
    assert codes("text", "", blank=True) == []


@pytest.mark.parametrize(
    ("value", "fits"),
    [(1, True), (-0.5, True), (True, False), (float("nan"), False), (10**400, False), ("1", False)],
)
def test_a_number_is_finite_and_no_truth_value(value, fits):
    assert is_number(value) is fits


@pytest.mark.parametrize(
    ("value", "whole", "said"),
    [
        (float("inf"), False, "Send a finite number, of at most 1e308."),
        (10**400, True, "Send a finite number, of at most 1e308."),
        (1.5, True, "Send a whole number; this is 1.5."),
        (True, False, "Send a number, not true or false."),
        ("1", True, "Send a whole number, not text."),
    ],
)
def test_what_is_wrong_with_a_number_is_said(value, whole, said):
    findings = Findings()
    findings.number(value, "field", whole=whole)
    assert [error.detail for error in findings.errors] == [said]


def test_free_form_is_bounded():
    assert codes("free_form", nested(MAX_DEPTH)) == []
    assert codes("free_form", nested(MAX_DEPTH + 1)) == ["too_deep"]
    assert codes("free_form", nested(100_000)) == ["too_deep"]
    assert codes("free_form", [0] * MAX_NODES) == []
    assert codes("free_form", [0] * (MAX_NODES + 1)) == ["too_large"]
    assert codes("free_form", {"a": float("inf")}) == ["invalid"]
    assert codes("free_form", {"a": {1, 2}}) == ["invalid"]


def test_depth_is_measured_without_recursion():
    assert too_deep(nested(100_000))
    assert not too_deep({"a": [{"b": 1}]})


def test_context_is_an_object():
    assert clean_context({"amount": 1, "tags": ["a"]}) == {"amount": 1, "tags": ["a"]}
    with pytest.raises(KindErrors, match="context: Send an object, not a list"):
        clean_context([1])


@pytest.mark.parametrize(
    ("attr", "given", "found"),
    [
        ("", {"text": 1}, []),
        ("", {"txet": 1}, ["txet"]),
        ("labels.3", {"txet": 1, "text": 2}, ["labels.3.txet"]),
        ("", {7: 1, "x" * 1_000: 2}, ["7", "x" * MAX_PATH]),
    ],
)
def test_fields_that_are_not_known_are_named(attr, given, found):
    findings = Findings()
    findings.fields(given, ("text", "image"), attr)
    said = "There is no such field. Use: text, image."
    assert [(one.attr, one.code, one.detail) for one in findings.errors] == [
        (one, "unknown_field", said) for one in found
    ]
