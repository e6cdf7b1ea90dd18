"""How far people agree, beyond what chance would give: coefficients with bootstrap intervals, over arrays."""

from audit.agreement.intervals import Agreement, ratio
from audit.agreement.measuring import LEAST_UNITS, measure, specific
from audit.agreement.pairs import cohen, mcnemar
from audit.agreement.values import apart, numbers

__all__ = [
    "LEAST_UNITS",
    "Agreement",
    "apart",
    "cohen",
    "mcnemar",
    "measure",
    "numbers",
    "ratio",
    "specific",
]
