"""A stored model predicts what it did before, needs numpy alone, and is refused when it was touched."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from learning.encoders import fit_encoder
from learning.learners import training
from learning.learners.artifacts import ArtifactError, Model, load, save
from learning.learners.catalogue import LEARNERS

TEXTS = [{"text": f"{word} number {i}"} for i, word in enumerate(["lost card", "new pin"] * 15)]
NUMBERS = [{"features": [float(i % 2), i / 30, 1.0]} for i in range(30)]
LABELS = ["card", "pin"] * 15


def a_model(learner="linear", payloads=NUMBERS):
    encoder = fit_encoder("text" if payloads is TEXTS else "features", payloads)
    dense = LEARNERS[learner].dense
    rows = encoder.embed(payloads) if dense else encoder.encode(payloads)
    fitted = training.fit(learner, rows, LABELS, classes=("card", "pin", "none"))
    return Model(encoder, fitted.predictor, fitted.calibration, fitted.classes, learner, dense), fitted, rows


@pytest.mark.parametrize("learner", sorted(LEARNERS))
@pytest.mark.parametrize("payloads", [TEXTS, NUMBERS], ids=["text", "features"])
def test_a_stored_model_predicts_what_it_did_before(learner, payloads):
    model, fitted, rows = a_model(learner, payloads)
    data = save(model)
    labels, confidences, probabilities = load(data, hashlib.sha256(data).hexdigest()).predict(payloads)
    np.testing.assert_allclose(probabilities, fitted.predict_proba(rows), atol=1e-6)
    np.testing.assert_array_equal(confidences, probabilities.max(axis=1))
    assert labels == LABELS


def test_the_same_model_gives_the_same_bytes():
    assert save(a_model()[0]) == save(a_model()[0]) == save(load(save(a_model()[0])))


def test_one_changed_bit_is_refused_before_anything_is_read():
    data = bytearray(save(a_model()[0]))
    digest = hashlib.sha256(data).hexdigest()
    data[-1] ^= 1
    with pytest.raises(ArtifactError, match=f"but {digest[:12]}… was stored: refused"):
        load(bytes(data), digest)


@pytest.mark.parametrize("data", [b"", b"no model", b"\x80\x04cos\nsystem\n", bytes(100)])
def test_what_is_no_model_is_refused(data):
    with pytest.raises(ArtifactError, match="can't be read as a model"):
        load(data)


def test_a_file_of_another_format_is_refused():
    data = save(a_model()[0])
    with pytest.raises(ArtifactError, match="its format is 'hitl-model-9'"):
        load(data.replace(b"hitl-model-1", b"hitl-model-9"))


def test_serving_imports_neither_torch_nor_scikit_learn(tmp_path):
    for learner in LEARNERS:
        (tmp_path / learner).write_bytes(save(a_model(learner, TEXTS)[0]))
    code = (
        "import sys; from learning.learners.artifacts import load;"
        "models = [load(open(path, 'rb').read()) for path in sys.argv[1:]];"
        "print([model.predict([{'text': 'a lost card'}])[0] for model in models],"
        " sorted({'torch', 'sklearn', 'skops', 'pickle5', 'joblib'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, *(str(tmp_path / learner) for learner in LEARNERS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{[['card']] * len(LEARNERS)} []"


def test_no_payloads_give_no_predictions():
    labels, confidences, probabilities = load(save(a_model()[0])).predict([])
    assert (labels, confidences.shape, probabilities.shape) == ([], (0,), (0, 3))
