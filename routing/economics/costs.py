"""What a decision is expected to cost by whoever takes it, and who takes it most cheaply.

The rule is Chow's ("On optimum recognition error and reject tradeoff", 1970): the machine decides where its
expected error costs less than a person's look and what that person gets wrong.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

ACTIONS = ("auto_approve", "human_review", "expert_escalation")
EDGE = 1e-6
# Of the audit rate: how often an item brings a drift, how many checks the alarm takes to see a rise of the
# error by so much (e-detector, alarm at 1,000).
DRIFTS, CHECKS, RISE = 1e-5, 110.0, 0.05


@dataclass(frozen=True)
class Costs:
    """What an error and an hour of reviewing, of an expert and of waiting cost, in one currency, as typed.

    Measured are the seconds of a look, the hours an item waits for it, and the share that people get wrong.
    `slope` and `intercept` make a probability of a score: σ(slope · logit(score) + intercept) (Platt, 1999);
    a slope is never negative, so that a higher score is never worse. Raises ValueError on negative numbers
    and on shares above 1.
    """

    error: float
    review_hour: float
    expert_hour: float
    delay_hour: float
    review_seconds: float
    expert_seconds: float
    review_wait_hours: float
    expert_wait_hours: float
    review_error: float = 0.03
    expert_error: float = 0.005
    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        values = asdict(self)
        intercept = values.pop("intercept")
        if not all(0 <= value < math.inf for value in values.values()) or not math.isfinite(intercept):
            raise ValueError("Costs can't be negative or infinite.")
        if max(self.review_error, self.expert_error) > 1:
            raise ValueError("The share that people get wrong lies between 0 and 1.")

    @property
    def typed(self) -> tuple[float, float, float, float]:
        """What an admin typed; the rest was measured when the policy was published."""
        return self.error, self.review_hour, self.expert_hour, self.delay_hour

    @property
    def review(self) -> float:
        """What one look of a reviewer costs, waiting included."""
        return self.review_seconds / 3600 * self.review_hour + self.review_wait_hours * self.delay_hour

    @property
    def expert(self) -> float:
        """What one look of an expert costs, waiting included."""
        return self.expert_seconds / 3600 * self.expert_hour + self.expert_wait_hours * self.delay_hour

    def probability(self, score: float) -> float:
        """Return the probability that an answer with this score is right."""
        return _sigmoid(self.slope * _logit(score) + self.intercept)

    def expected(self, score: float) -> dict[str, float]:
        """Return the expected cost of each action for an answer with this score."""
        wrong = 1 - self.probability(score)
        costs = (
            wrong * self.error,
            self.review + self.review_error * self.error,
            self.expert + self.expert_error * self.error,
        )
        return dict(zip(ACTIONS, costs, strict=True))

    def cheapest(self, score: float) -> str:
        """Return the action of the least expected cost; of equal ones, the one that takes less of people."""
        expected = self.expected(score)
        return min(ACTIONS, key=expected.__getitem__)

    @property
    def by_people(self) -> str:
        """The cheaper of the two actions by which people decide; it does not hang on the score."""
        expected = self.expected(0.5)
        return min(ACTIONS[1:], key=expected.__getitem__)

    @property
    def break_even(self) -> float | None:
        """The score from which the machine is cheapest; 0 where it always is, None where it never is.

        Auto-approve costs (1 - p) · error, so it is where p >= 1 - (least cost of people) / error.
        """
        if self.cheapest(0.0) == ACTIONS[0]:
            return 0.0
        if self.cheapest(1.0) != ACTIONS[0]:
            return None
        needed = 1 - self.expected(0.5)[self.by_people] / self.error
        return _sigmoid((_logit(needed) - self.intercept) / self.slope)


def audit_rate(
    error: float, check: float, *, drifts: float = DRIFTS, checks: float = CHECKS, rise: float = RISE
) -> float | None:
    """Return the share of automated items whose check costs least, or None where a check costs nothing.

    It minimises q · check + drifts · (checks / q) · rise · error: what checks cost, and what errors cost
    between a drift and its alarm. So q = √(drifts · checks · rise · error / check), at most 1.
    """
    return min(1.0, math.sqrt(drifts * checks * rise * error / check)) if check else None


def _logit(share: float) -> float:
    inside = min(max(share, EDGE), 1 - EDGE)
    return math.log(inside / (1 - inside))


def _sigmoid(x: float) -> float:
    # Either branch takes the exponential of what is not positive: it can't overflow.
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
