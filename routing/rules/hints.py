"""What people write who know SQL, Python or a spreadsheet, and how it is written in an expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

HIDDEN = "\x01"  # stands for what is inside quotation marks or a remark

_LITERAL = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(//[^\n]*)""")
_BAD_ESCAPE = re.compile(r"""\\(?![abfnrtvxuUX0-3\\?"'`])""")
_WORD = r"(?<![\w.])(?:{})(?!\w)"
_CASE = "To ignore case write payload.text.matches('(?i)word')."
_CLOCK = "A rule can't read the clock: send the age or the date in the context."
_NUMBER = "Write the number in digits alone, with a point for decimals, as in 10000.50."
_LIST = "Write the values in square brackets: in ['AE', 'IR']."
_REMARK = "Write // before a remark."


@dataclass(frozen=True)
class Hint:
    """What to write instead, and the offset in characters of what is meant."""

    at: int
    remedy: str


def _words(words: str, remedy: str) -> tuple[str, str]:
    return _WORD.format(words), remedy


# The first that matches at the place of the error is told; {0} is what the first group matched.
_MISTAKES = [
    (re.compile(pattern), remedy)
    for pattern, remedy in (
        _words(r"(?i:is\s+not\s+null)", "Write != null, or has(context.amount) where it may be missing."),
        _words(r"(?i:is\s+null)", "Write == null, or !has(context.amount) where it may be missing."),
        _words(r"(?i:not\s+in)", "Write !(context.country in ['AE', 'IR']) for 'not in'."),
        (r"(?<!\w)(?i:in)\s*[({][^])}]*", _LIST),
        (r"(?<!\w)(?i:in)\s+['\"]\x01*['\"]\s*,", _LIST),
        _words("(?i:and)", "Write && for 'and'."),
        _words("(?i:or)", "Write || for 'or'."),
        _words("(?i:not)", "Write ! for 'not', before brackets: !(context.amount > 10)."),
        _words("(?i:is|equals?)", "Write == to compare."),
        _words("IN", "Write in with small letters."),
        _words("(?i:between)", "Write context.a >= 1 && context.a <= 5 for 'between'."),
        _words("(?i:i?like|contains|includes)", "Write payload.text.contains('word')."),
        _words("True|TRUE|yes|Yes|YES", "Write true."),
        _words("False|FALSE|no|No|NO", "Write false."),
        _words("None|NULL|Null|nil|undefined|NaN", "Write null."),
        _words("(?i:if|then|else|when|case)", "Write the condition alone, for example context.a > 1."),
        (r"[“”„‟‘’‚`´«»]", "Use straight quotation marks, as in 'AE'."),
        (r"->|::", "Write a point before the field, as in context.amount."),
        (r"[≥⩾]|=>", "Write >= for 'at least'."),
        (r"[≤⩽]|=<", "Write <= for 'at most'."),
        (r"≠|<>|!==|!\s+=|~=", "Write != for 'unlike'."),
        (r"=~|~", "Write payload.text.matches('pattern')."),
        (r"[＞＜＝（）＆｜！，．]", "Use the plain sign of the English keyboard."),
        (r"[×·]", "Write * to multiply."),
        (r"[<>]=?\s*[\w.]+\s*[<>]=?", "Write two comparisons: 1 < context.a && context.a < 5."),
        (r"!\s*[\w.]+\s*[<>=]", "Put the comparison in brackets: !(context.a > 5)."),
        (r"===|(?<![=!<>])=(?!=)", "Write == to compare."),
        (r"\d\s?[$€£¥]|[$€£¥]\s?\d", _NUMBER),
        (r"(?<![\w.])\d[\d.]*(?:[,_' ]\d{2,3}(?!\d))", _NUMBER),
        (r"(?<![\w.])\d[\d.]*[kKmM](?!\w)", _NUMBER),
        (r"(?<![\w.])\d{19,}", "This number is too large; with a point it may be, as in 1e20."),
        (r"(?<![\w.])\d+\.(?!\d)", "Write a digit after the point."),
        (r"(?<=[<>=(])\s*\+\s*\d", "Write the number without +."),
        (r"\.(\d+[A-Za-z_]\w*)", "Write the field as ['{0}'], after context without the point."),
        (r"\.(\w*[^\W\x00-\x7f]\w*)", "Write the field as ['{0}'], after context without the point."),
        (r"\.(\w+-[A-Za-z]\w*)(?![\w.(])", "Where the field is called {0}, write context['{0}']."),
        (r"\.(\w+ [A-Za-z]\w*)(?![\w.(])", "Where the field is called {0}, write context['{0}']."),
        (r"(?<!\w)len\s*\(|\.(?:length|len|count)\s*\(", "Write payload.text.size() for the length."),
        (r"\.?\b(?:to)?(?:[lL]ower|[uU]pper)(?:Case|Ascii|case)?\s*\(", _CASE),
        (r"(?<!\w)(?:contains|includes)\s*\(|\.includes\s*\(", "Write payload.text.contains('word')."),
        (r"\.(?:startswith|starts_with|beginsWith)\s*\(", "Write .startsWith('word')."),
        (r"\.(?:endswith|ends_with)\s*\(", "Write .endsWith('word')."),
        (r"\.any\s*\(|(?<!\w)(?:any|exists|all)\s*\(", "Write context.lines.exists(x, x.price > 10)."),
        (r"(?<!\w)(?:now|today|NOW|TODAY)\s*\(", _CLOCK),
        (r"(?<!\w)(?:date|Date|DATE|datetime)\s*\(", "Write timestamp('2026-01-31T00:00:00Z')."),
        (r"(?<!\w)(?:float|number|Number)\s*\(", "Write double(context.a) for a number."),
        (r"(?<!\w)str\s*\(", "Write string(context.a) for a text."),
        (r"(?<!\w)(?i:if)\s*\(", "Write the condition alone, for example context.a > 1."),
        (r"(?<!\w)has(?:\s+\w|\s*\(\s*\w+\s*[)\[])", "Write has(context.amount), or 'due date' in context."),
        (r"/\*|#|--[^\n]*\n?", _REMARK),
        (r"\{\{[^}]*|\$\{|[@$]", "Name the field without signs around it, as in context.amount."),
        (r"(?<!&)&(?!&)", "Write && for 'and'."),
        (r"(?<!\|)\|(?!\|)", "Write || for 'or'."),
        (r"\*\*|\^", "There are no powers here: multiply."),
        (r";", "Write one expression, without a semicolon."),
        (
            r"(?<=\x01)['\"]\w",
            "The text in quotation marks ends before this: a mark is missing, or other marks suit better.",
        ),
    )
]


def bare(expression: str) -> str:
    """Return the expression, as long as it is, with everything in quotation marks and remarks hidden."""

    def hidden(found: re.Match[str]) -> str:
        text = found[0]
        return text[0] + HIDDEN * (len(text) - 2) + text[-1] if found[1] else HIDDEN * len(text)

    return _LITERAL.sub(hidden, expression)


def find(expression: str, offset: int) -> Hint | None:
    """Return what was meant at this offset, in characters from 0, where it is a mistake that is known."""
    text = _LITERAL.match(expression, offset)
    escape = text and text[1] and _BAD_ESCAPE.search(expression, offset, text.end())
    if escape:
        return Hint(escape.start(), r"Write \\ for a backslash, or r before the text, as in r'\d+'.")
    seen = bare(expression)
    for pattern, remedy in _MISTAKES:
        for found in pattern.finditer(seen):
            if found.start() <= offset <= found.end() + 1:
                return Hint(found.start(), remedy.format(*found.groups()))
    return _bracket(seen, offset)


def _bracket(seen: str, offset: int) -> Hint | None:
    """Return the bracket that closes none, or is never closed, if the expression fails there."""
    opened = []
    for at, sign in enumerate(seen[: offset + 1]):
        if sign in "([{":
            opened.append(at)
        elif sign in ")]}":
            if not opened:
                return Hint(at, "This bracket closes none that was opened.")
            opened.pop()
    at_end = not seen[offset:].strip()
    begun = re.search(r"[=<>!+\-*/%,&|.]\s*$", seen)
    return Hint(opened[-1], "This bracket is never closed.") if at_end and opened and not begun else None
