"""The hooks through which learning answers for items without a prediction, and says which models count."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from routing.errors import NotInForce, PredictionFailed
from routing.models import ItemType
from routing.policy import Opinion

# One answer a payload: what the model says, or why it can't say anything of this one.
Answers = list[Opinion | PredictionFailed]
Predictor = Callable[[ItemType, Sequence[dict[str, Any]]], Answers | None]

IN_FORCE = "champion"
_registered: list[Predictor] = []
_standing: list[Callable[[], Combinable]] = []


def register(predictor: Predictor, standing: Callable[[], Combinable]) -> None:
    """Make `predictor` the one that answers; it returns None where the item type has no champion.

    `standing` gives the expression that reads, of an item type, a list of `{"name", "status"}`: the models
    that predict elsewhere and that somebody has registered here.
    """
    _registered[:], _standing[:] = [predictor], [standing]


def predict(item_type: ItemType, payloads: Sequence[dict[str, Any]]) -> Answers | None:
    """Return one answer per payload, or None where there is no model yet.

    Raises PredictionFailed when there is a model and it can't answer at all.
    """
    return _registered[0](item_type, payloads) if _registered and payloads else None


def with_standing(types: QuerySet[ItemType]) -> QuerySet[ItemType]:
    """Return the same item types, read together with what `ranked` goes by: no statement of its own."""
    return types.annotate(model_standing=_standing[0]()) if _standing else types


def ranked(item_type: ItemType, opinions: tuple[Opinion, ...]) -> tuple[Opinion, ...] | NotInForce:
    """Return a client's opinions with the one to be judged first, or why none of them is.

    That of the model in force stands first. One of a model that was registered here and is not in force never
    does: it is only a member of the committee. Names that nobody has registered stay as they were sent.
    """
    if not opinions or not _standing:
        return opinions
    if "model_standing" not in vars(item_type):
        item_type.model_standing = with_standing(ItemType.objects.all()).get(pk=item_type.pk).model_standing
    known = {one["name"]: one["status"] for one in item_type.model_standing}
    if not known:
        return opinions
    order = sorted(opinions, key=lambda one: (known.get(one.model) != IN_FORCE, one.model in known))
    first = order[0]
    if known.get(first.model, IN_FORCE) == IN_FORCE:
        return tuple(order)
    return NotInForce(f"the prediction of {first.model} does not count: this model is {known[first.model]}")
