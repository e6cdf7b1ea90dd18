"""Whoever writes SQL, Python or a spreadsheet's formula is told how it is written here, and where."""

import time

import pytest

from routing.rules import MAX_LENGTH, RuleError, check
from routing.rules.hints import bare, find

STRAIGHT = "Use straight quotation marks, as in 'AE'."
NUMBER = "Write the number in digits alone, with a point for decimals, as in 10000.50."
LIST = "Write the values in square brackets: in ['AE', 'IR']."
CONTAINS = "Write payload.text.contains('word')."
CASE = "To ignore case write payload.text.matches('(?i)word')."
HAS = "Write has(context.amount), or 'due date' in context."
NULL = "Write == null, or !has(context.amount) where it may be missing."


@pytest.mark.parametrize(
    ("expression", "column", "remedy"),
    [
        ("context.a > 1 AND context.b > 1", 15, "Write && for 'and'."),
        ("context.a > 1 Or context.b > 1", 15, "Write || for 'or'."),
        ("context.a & context.b", 11, "Write && for 'and'."),
        ("context.country not in ['AE']", 17, "Write !(context.country in ['AE', 'IR']) for 'not in'."),
        ("context.country IN ['AE']", 17, "Write in with small letters."),
        ("context.country in ('AE', 'IR')", 17, LIST),
        ("context.country in 'AE','IR'", 17, LIST),
        ("context.country is null", 17, NULL),
        ("context.country == “AE”", 20, STRAIGHT),
        ("context.text like '%x%'", 14, CONTAINS),
        ("context.a between 1 and 5", 11, "Write context.a >= 1 && context.a <= 5 for 'between'."),
        ("context.a > 10,000", 13, NUMBER),
        ("context.a > $10000", 13, NUMBER),
        ("context.a > 10k", 13, NUMBER),
        ("context.a ≥ 1", 11, "Write >= for 'at least'."),
        ("1 < context.a < 5", 3, "Write two comparisons: 1 < context.a && context.a < 5."),
        ("!context.a > 5", 1, "Put the comparison in brackets: !(context.a > 5)."),
        ("context.a == TRUE", 14, "Write true."),
        ("context.größe > 1", 8, "Write the field as ['größe'], after context without the point."),
        ("context.due date > 1", 8, "Where the field is called due date, write context['due date']."),
        ("len(context.a) > 1", 1, "Write payload.text.size() for the length."),
        ("context.text.lower() == 'x'", 13, CASE),
        ("has(context['a'])", 1, HAS),
        ("(context.a > 1", 1, "This bracket is never closed."),
        ("context.a > 1)", 14, "This bracket closes none that was opened."),
        (r'context.a.matches("\d")', 20, r"Write \\ for a backslash, or r before the text, as in r'\d+'."),
        ("now() > context.a", 1, "A rule can't read the clock: send the age or the date in the context."),
    ],
)
def test_a_habit_from_elsewhere_is_answered_with_how_it_is_written_here(expression, column, remedy):
    with pytest.raises(RuleError) as caught:
        check(expression)
    assert (caught.value.line, caught.value.column, caught.value.message) == (1, column, remedy)


def test_a_mistake_on_a_later_line_is_placed_there():
    with pytest.raises(RuleError) as caught:
        check("context.a > 1 // AND more\n  and context.b > 1")
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_words_in_quotation_marks_and_remarks_are_no_mistakes():
    check("context.a == 'this AND that, 10,000 or “more”' // not yet, is null")
    assert bare("a == 'b' // c") == "a == '\x01' " + "\x01" * 4


@pytest.mark.parametrize("part", ["<", "! ", "(", ".é", "a.b ", "'a", "in(", "1,", "a-"])
def test_looking_for_mistakes_takes_no_time_in_the_longest_expression(part):
    expression = (part * MAX_LENGTH)[:MAX_LENGTH]
    started = time.process_time()
    find(expression, MAX_LENGTH - 1)
    assert time.process_time() - started < 0.1
