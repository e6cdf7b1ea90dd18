"""How pages write figures: shares as percentages, seconds in a fitting unit, big numbers grouped."""

from datetime import datetime

from django import template
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage, or a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


@register.filter
def share(part: float | None, digits: int = 1) -> str:
    """Return a share that somebody stated as a percentage, unbroken and without zeros at its end."""
    if part is None:
        return "–"
    shown = f"{100 * part:.{digits}f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}\N{NO-BREAK SPACE}%"


@register.filter
def points(share: float | None, digits: int = 1) -> str:
    """Return a difference of shares in percentage points with its sign, or a dash where there is none."""
    return "–" if share is None else f"{100 * share:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def grouped(number: float | None, digits: int = 0) -> str:
    """Return a number, rounded to so many digits, with its thousands apart."""
    return "–" if number is None else f"{number:,.{digits}f}".replace(",", " ")


@register.filter
def lasting(seconds: float | None) -> str:
    """Return a duration in seconds, minutes, hours or days, whichever a person would say."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


@register.filter
def since(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment is, in its largest unit alone."""
    if moment is None:
        return "–"
    return "moments" if (now - moment).total_seconds() < 60 else timesince(moment, now).split(",")[0]
