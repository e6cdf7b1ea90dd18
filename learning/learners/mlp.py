"""A small neural network by torch, stopped when a split of its own training data stops improving."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from learning.learners.predictors import MlpPredictor, softmax
from learning.learners.setting import Setting

HIDDEN = 128
EPOCHS, PATIENCE = 150, 12
BATCH = 64
# Batches of one fit, and numbers in their rows: a minute on one core. More rows get fewer epochs.
MOST_BATCHES, MOST_NUMBERS = 100_000, 3_000_000_000
STOPPING_SHARE = 0.15
TUNING_EPOCHS, TUNING_RATE = 30, 1e-2


def settings(rows: Any, y: np.ndarray, seed: int, device: str = "auto") -> dict[str, Setting]:
    """Return the one setting there is, fitted on `device` (see `place`); ValueError for rows not dense."""
    if not isinstance(rows, np.ndarray):
        raise ValueError("the mlp reads dense rows: give it the encoder's embeddings")
    return {f"{HIDDEN} hidden": Setting(rows, partial(fit, device=device))}


def fit(
    rows: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    classes: int,
    seed: int,
    *,
    device: str = "auto",
) -> MlpPredictor:
    """Return a network with one hidden layer.

    AdamW (Loshchilov and Hutter 2019) on the weighted cross entropy; of all epochs the one with the least
    loss on the stopping split is kept. The same seed gives the same network on the same machine.
    """
    import torch

    device = place(device)
    with _alone(seed):
        net = network(rows.shape[1], classes).to(device)
        absent = np.setdiff1d(np.arange(classes), y)
        with torch.no_grad():  # a class without labels starts improbable and stays so
            net[-1].bias[torch.as_tensor(absent, device=device)] = -5.0
        data = (rows.astype(np.float32), y, weights.astype(np.float32))
        _train(net, [torch.as_tensor(array, device=device) for array in data], *_split(weights, seed))
    return export(net)


def tune(
    rows: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    parent: MlpPredictor,
    old: np.ndarray,
    *,
    hold: float,
    seed: int,
    device: str,
) -> MlpPredictor:
    """Return `parent` moved towards `targets` (n, classes), held where it knows the rows at `old`.

    TUNING_EPOCHS of Adam on the weighted cross entropy + hold·F·change², F being the diagonal of the Fisher
    information of the old rows under the parent: elastic weight consolidation (Kirkpatrick et al. 2017).
    """
    import torch

    device = place(device)
    with _alone(seed):
        net = network(rows.shape[1], targets.shape[1], parent).to(device)
        start = [value.detach().clone() for value in net.parameters()]
        forces = (hold * one for one in _fisher(parent, rows[old], seed))
        stiff = [torch.as_tensor(one, dtype=torch.float32, device=device) for one in forces]
        data = [torch.as_tensor(a.astype(np.float32), device=device) for a in (rows, targets, weights)]
        optimiser = torch.optim.Adam(net.parameters(), lr=TUNING_RATE)
        pace = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, TUNING_EPOCHS)
        for _ in range(TUNING_EPOCHS):
            for batch in torch.randperm(len(rows)).to(device).split(BATCH):
                optimiser.zero_grad()
                loss = _loss(net, *(part[batch] for part in data))
                for value, first, force in zip(net.parameters(), start, stiff, strict=True):
                    loss = loss + (force * (value - first) ** 2).sum()
                loss.backward()
                optimiser.step()
            pace.step()
    return export(net)


@contextmanager
def _alone(seed: int) -> Iterator[None]:
    """Draw by `seed`, on one thread: so small a network gains nothing from more, and others work here too."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _fisher(parent: MlpPredictor, rows: np.ndarray, seed: int) -> list[np.ndarray]:
    """Return the mean squared slopes of the likelihood, shaped as torch's parameters, of drawn labels.

    A slope is input × error, so the square of each is the product of their squares.
    """
    (weights, bias), (last, _) = parent.layers
    inside = np.maximum(rows @ weights + bias, 0)
    p = softmax(parent.logits(rows))
    drawn = (p.cumsum(axis=1) > np.random.default_rng(seed).random((len(p), 1))).argmax(axis=1)
    error = p - np.eye(p.shape[1])[drawn]
    inner = (error @ last.T) * (inside > 0)
    layers = ((rows, inner), (inside, error))
    return [
        part
        for given, wrong in layers
        for part in (np.square(wrong).T @ np.square(given) / len(rows), np.square(wrong).mean(axis=0))
    ]


def place(device: str) -> str:
    """Return where torch works: `auto` is a GPU where torch finds one, cpu and cuda are themselves."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def _split(weights: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and those that say when to stop: all for both if these weigh nothing."""
    order = np.random.default_rng(seed).permutation(len(weights))
    stop, learn = np.split(order, [int(STOPPING_SHARE * len(order))])
    return (learn, stop) if weights[stop].sum() > 0 else (order, order)


def network(width: int, classes: int, parent: MlpPredictor | None = None) -> Any:
    """Return the untrained torch network, or a copy of `parent`, which has these columns and classes."""
    from torch import nn

    net = nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), nn.Dropout(0.2), nn.Linear(HIDDEN, classes))
    if parent:
        _import(net, parent)
    return net


def _import(net: Any, parent: MlpPredictor) -> None:
    import torch

    with torch.no_grad():
        for layer, (weights, bias) in zip((net[0], net[-1]), parent.layers, strict=True):
            layer.weight.copy_(torch.as_tensor(weights.T.copy()))
            layer.bias.copy_(torch.as_tensor(bias.copy()))


def _train(net: Any, tensors: list[Any], learn: np.ndarray, stop: np.ndarray) -> None:
    import torch

    rows, y, weights = tensors
    learn, stop = (torch.as_tensor(part, device=rows.device) for part in (learn, stop))
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.05)
    kept, least, since = None, float("inf"), 0
    for _ in range(_epochs(len(learn), rows.shape[1])):
        net.train()
        shuffled = learn[torch.randperm(len(learn)).to(learn.device)]
        for batch in shuffled.split(BATCH):
            if weights[batch].sum() > 0:
                optimiser.zero_grad()
                _loss(net, rows[batch], y[batch], weights[batch]).backward()
                optimiser.step()
        net.eval()
        with torch.no_grad():
            loss = float(_loss(net, rows[stop], y[stop], weights[stop]))
        if loss < least - 1e-4:
            least, since = loss, 0
            kept = {name: value.clone() for name, value in net.state_dict().items()}
        else:
            since += 1
            if since >= PATIENCE:
                break
    if kept:
        net.load_state_dict(kept)


def _epochs(rows: int, width: int) -> int:
    """Return how many times so many rows may be gone through, at least once."""
    batches = min(MOST_BATCHES, MOST_NUMBERS // (BATCH * width))
    return max(1, min(EPOCHS, batches * BATCH // max(rows, 1)))


def _loss(net: Any, rows: Any, y: Any, weights: Any) -> Any:
    from torch.nn.functional import cross_entropy

    total = weights.sum().clamp(min=1e-12)
    return (cross_entropy(net(rows), y, reduction="none") * weights).sum() / total


def export(net: Any) -> MlpPredictor:
    """Return the network's arrays."""
    arrays = [
        [array.detach().cpu().numpy() for array in (layer.weight.T, layer.bias)]
        for layer in (net[0], net[-1])
    ]
    return MlpPredictor(tuple((weights.copy(), bias.copy()) for weights, bias in arrays))
