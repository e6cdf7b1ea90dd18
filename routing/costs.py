"""What a decision is expected to cost by whoever takes it, and who takes it most cheaply.

The rule is Chow's ("On optimum recognition error and reject tradeoff", 1970): the machine decides where its
expected error costs less than a person's look and what that person gets wrong.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

ACTIONS = ("auto_approve", "human_review", "expert_escalation")
EDGE = 1e-6


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
        inside = min(max(score, EDGE), 1 - EDGE)
        return 1 / (1 + math.exp(-self.slope * math.log(inside / (1 - inside)) - self.intercept))

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
        return min(ACTIONS, key=lambda action: expected[action])
