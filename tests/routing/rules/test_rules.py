"""An admin's expressions: checked at save, evaluated within bounds, doubt counts as a match."""

import threading
import time

import pytest

from routing.rules import MAX_LENGTH, Outcome, RuleError, check, compile_rule, evaluate, facts
from routing.rules.messages import remedy


def ask(expression, **values):
    given = facts(**({"payload": {}, "context": {}, "prediction": {}} | values))
    return evaluate(compile_rule(expression), given)


@pytest.mark.parametrize(
    "expression",
    [
        "context.amount > 10000",
        'has(context.country) && context.country in ["AE", "SA"]',
        "context.requires_audit == true",
        "context.urgent",
        "prediction.confidence < 0.5 || prediction.label == 'fraud'",
        "payload.text.matches('(?i)refund')",
        "payload.text == 'prediction.foo and so on'",
        "payload.prediction.foo == 1",
        "true // for a while, not prediction.foo, until 2024-01-31",
        "context.date > '2024-01-31' && timestamp(context.at) > timestamp('2024-01-31T00:00:00Z')",
        " && ".join(["context.a > 1"] * 100),
    ],
)
def test_a_good_expression_passes(expression):
    check(expression)


HERE = "here: a rule reads payload, context and prediction. Did you mean"
FIELDS = "label, confidence, score, model, probabilities"
MISSING = "isn't expected here; an operator such as &&, || or == may be missing before it."
EARLY = "The expression ends too early: something is missing, perhaps a closing bracket."
DEEP = "This is nested too deeply; at most 32 levels or operators in a row."


@pytest.mark.parametrize(
    ("expression", "line", "column", "message"),
    [
        ("amount > 1", 1, 1, f"There is no 'amount' {HERE} context.amount?"),
        ("'é' == contxt.a", 1, 8, f"There is no 'contxt' {HERE} context?"),
        ("context.a >\n  b", 2, 3, f"There is no 'b' {HERE} context.b?"),
        ("context.amount >", 1, 17, EARLY),
        ("1 + 1", 1, 1, "A rule must come out true or false; this gives a whole number. Compare it."),
        ("context", 1, 1, "Name a field and compare it, for example context.amount > 10000."),
        ("context.a = 1", 1, 11, "Write == to compare."),
        ("context.a <> 1", 1, 11, "Write != for 'unlike'."),
        ("context.a > 1 and context.b > 1", 1, 15, "Write && for 'and'."),
        ("not context.a", 1, 1, "Write ! for 'not', before brackets: !(context.amount > 10)."),
        ("context.country == AE", 1, 20, f"There is no 'AE' {HERE} 'AE' in quotation marks, or context.AE?"),
        ("&& context.a", 1, 1, "'&&' isn't expected here; something is missing before it."),
        ("context.a context.b", 1, 11, f"'context' {MISSING}"),
        ("context.a == True", 1, 14, "Write true."),
        ("context.a == 'x", 1, 14, "This text has no closing quotation mark."),
        ("context.in == 1", 1, 9, "Write the field as ['in']."),
        ("open('x')", 1, 1, "There is no function 'open'."),
        ("'a' > 1", 1, 5, "'>' doesn't work on text and a whole number."),
        ("prediction.confidense < 1", 1, 12, f"A prediction has no field 'confidense'; it has {FIELDS}."),
        ("prediction['confidense'] < 1", 1, 13, f"A prediction has no field 'confidense'; it has {FIELDS}."),
        ("context.d > 2024-01-31", 1, 13, "This subtracts numbers. Write a date as text: '2024-01-31'."),
        ("timestamp('2024-01-31') == context.d", 1, 11, "A time is written as in 2026-01-31T00:00:00Z."),
        ("payload.text.matches('[')", 1, 22, "Invalid regular expression: missing ]: [."),
        ("(" * 900 + "true" + ")" * 900, 1, 1, DEEP),
        ("  ", 1, 1, "Write an expression, for example context.amount > 10000."),
        ("context.a == '\ud800'", 1, 15, "Delete the invisible character here (U+D800) and type it anew."),
        ("x" * (MAX_LENGTH + 1), 1, 1, "Write at most 2,000 characters; this has 2,001."),
    ],
)
def test_a_wrong_expression_is_answered_with_the_place_and_the_remedy(expression, line, column, message):
    with pytest.raises(RuleError) as caught:
        check(expression)
    assert (caught.value.line, caught.value.column, caught.value.message) == (line, column, message)


@pytest.mark.parametrize(
    ("amount", "matched"), [(120, False), (120.5, False), (10_000, False), (10_000.5, True), (1e300, True)]
)
def test_whole_and_decimal_numbers_compare(amount, matched):
    assert ask("context.amount > 10000", context={"amount": amount}) == Outcome(matched)
    assert ask("context.amount > 10000.0", context={"amount": amount}) == Outcome(matched)


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ({}, "no field 'amount' in context"),
        ({"amount": "120"}, "'>' doesn't work on text and a whole number"),
        ({"amount": None}, "'>' doesn't work on null and a whole number"),
        ({"amount": True}, "'>' doesn't work on true or false and a whole number"),
        ({"amount": 2**64}, "the item holds a whole number of more than 64 bits"),
        ({"amount": 10**400}, "the item holds a whole number of more than 64 bits"),
        ({"amount": 1, "note": "\ud800"}, "the item holds text that isn't valid Unicode"),
        ({"amount": {1, 2}}, "the item holds something that isn't JSON"),
        ([], "it asks for a field of something that has no fields"),
    ],
)
def test_what_cannot_be_evaluated_counts_as_matched_and_says_why(context, why):
    assert ask("context.amount > 10000", context=context) == Outcome(True, why)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("context.a.b == 1", "no field 'b' in context.a"),
        ("context['x y'] == 1", "no field 'x y' in context"),
        ("has(context.z.b) && context.z.b == 1", "no field 'z' in context"),
        ("context.list[3] == 1", "it asks for a place that the list doesn't have"),
        ("context.n / 0 == 1", "divide by zero"),
        ("context.n", "it gives a whole number, not true or false"),
    ],
)
def test_the_reason_of_doubt_is_plain(expression, why):
    context = {"a": {}, "list": [], "n": 1}
    assert ask(expression, context=context) == Outcome(True, why)


def test_what_makes_a_rule_fail_on_items_comes_with_its_remedy():
    sent = [{}, {"amount": "20000"}, {"amount": None}]
    found = [ask("context.amount > 10000", context=context).error for context in sent]
    asked, read = "has(context.amount) && context.amount > 10000", "double(context.amount) > 10000.0"
    assert [remedy(why) for why in found] == [
        "Ask first whether it is there: has(context.amount) && …",
        "double(context.amount) > 10000.0 reads a number sent as text too.",
        None,
    ]
    assert (ask(asked), ask(read, context=sent[1])) == (Outcome(False), Outcome(True))


def test_a_rule_that_asks_first_does_not_match_where_the_field_is_missing():
    assert ask("has(context.amount) && context.amount > 10000") == Outcome(False)


def test_one_sure_side_is_enough():
    assert ask("context.missing == 1 && context.b == 2", context={"b": 1}) == Outcome(False)
    assert ask("context.missing == 1 || context.b == 1", context={"b": 1}) == Outcome(True)


@pytest.mark.parametrize(
    ("expression", "context", "outcome"),
    [
        (
            "context.l.exists(a, context.l.exists(b, a + b < 0))",
            {"l": list(range(101)), "pad": "x" * 1_000_000},
            Outcome(True, "it goes through too many values"),
        ),
        ("context.s.matches('(a+)+$')", {"s": "a" * 100_000 + "b"}, Outcome(False)),
        ("context.s.contains('b')", {"s": "a" * 2_000_000 + "b"}, Outcome(True)),
    ],
)
def test_costly_expressions_end_soon(expression, context, outcome):
    started = time.process_time()
    assert ask(expression, context=context) == outcome
    assert time.process_time() - started < 1


def test_bottomless_nesting_counts_as_matched_and_does_not_end_the_process():
    deep = value = {}
    for _ in range(100_000):
        value["a"] = {}
        value = value["a"]
    assert ask("context.a == 1", context=deep) == Outcome(True, "the item is nested too deeply")


def test_one_compiled_rule_serves_many_threads():
    compiled, wrong = compile_rule("context.n > 50"), []

    def work(number):
        for n in range(200):
            given = facts(payload={}, context={"n": n + number}, prediction={})
            if evaluate(compiled, given) != Outcome(n + number > 50):
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_is_refused_only_when_it_is_written_still_loads_from_an_older_policy():
    for expression in ("context.d > 2024-01-31", "prediction['confidense'] < 1"):
        with pytest.raises(RuleError):
            check(expression)
        assert compile_rule(expression).expression == expression


def test_compiling_again_comes_from_the_cache():
    assert compile_rule("context.n > 51") is compile_rule("context.n > 51")
