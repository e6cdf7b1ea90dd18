"""What can go wrong in routing and reviewing; the docstring is the message, the API maps each to a status."""

from typing import NamedTuple, Self


class Problem(NamedTuple):
    """One thing that is wrong: the field's path (`predictions.0.label`) or None, a short code, a sentence."""

    attr: str | None
    code: str
    detail: str


class HitlError(Exception):
    """Something is wrong."""

    code = "error"
    status = 400

    def __init__(self, detail: str = "", attr: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "")
        self.attr = attr
        super().__init__(self.detail)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, at least one."""
        return [Problem(self.attr, self.code, self.detail)]


class InvalidInput(HitlError):
    """What was sent does not fit, in one or more fields."""

    code = "invalid"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.attr or 'body'}: {one.detail}" for one in problems))
        self._problems = problems

    @classmethod
    def single(cls, detail: str, *, attr: str | None = None, code: str = "invalid") -> Self:
        """Return the error of one field."""
        return cls([Problem(attr, code, detail)])

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, field by field."""
        return self._problems


class IdempotencyConflict(HitlError):
    """This Idempotency-Key was used before with another request. Use a new key for a new request."""

    code = "idempotency_key_reused"
    status = 409


class UnknownItemType(HitlError):
    """There is no item type of this name."""

    code = "unknown_item_type"


class NoPolicy(HitlError):
    """This item type has no published policy yet; an admin publishes one in the admin."""

    code = "no_policy"
    status = 409


class SeatLost(HitlError):
    """This assignment is no longer yours: its lease ran out or the item was decided. Nothing was stored."""

    code = "lease_lost"
    status = 409


class Paused(HitlError):
    """You are paused: a lead lets you go on. Nothing is given to you until then."""

    code = "paused"
    status = 409


class CapReached(HitlError):
    """You have reached your daily number of answers. Nothing more is given to you for now."""

    code = "cap_reached"
    status = 409


class AlreadyAnswered(HitlError):
    """You have answered this assignment before, with another answer. Nothing was stored."""

    code = "already_answered"
    status = 409


class TooLate(HitlError):
    """There is no answer of yours that could still be corrected. What you said stands."""

    code = "too_late"
    status = 409


class ExpertHasBegun(HitlError):
    """An expert was asked because of this answer and has begun. What you said stands."""

    code = "expert_has_begun"
    status = 409


class InvalidAnswer(HitlError):
    """The answer does not fit the item."""

    code = "invalid"


class StaleItem(HitlError):
    """The item has changed since it was read."""

    code = "stale"
    status = 409


class PredictionFailed(HitlError):
    """The model could not answer."""

    code = "prediction_failed"
    status = 409

    @property
    def said(self) -> str:
        """Why a person looks, as the item's first reason."""
        return f"the model failed: {self.detail}"


class NoModel(PredictionFailed):
    """There is no model that could answer."""

    @property
    def said(self) -> str:
        """Why a person looks, as the item's first reason."""
        return "no model has answered yet"


class NotInForce(PredictionFailed):
    """No model in force has said anything of this item."""

    @property
    def said(self) -> str:
        """Why a person looks, as the item's first reason."""
        return self.detail


class NeedsASecond(HitlError):
    """Another admin must approve this policy: propose it."""

    code = "needs_a_second"
    status = 409


class StaleProposal(HitlError):
    """This proposal was closed meanwhile, or another policy came into force since. Propose it anew."""

    code = "stale_proposal"
    status = 409


class AlreadyInForce(HitlError):
    """This policy is in force already; there is nothing to publish."""

    code = "already_in_force"
    status = 409


class NoOpinionWanted(HitlError):
    """No other opinion can be asked for on this item now."""

    code = "no_opinion_wanted"
    status = 409
