"""The environment that every test runs in, set before Django's settings are read."""

import atexit
import gc
import json
import os
import shutil
import tempfile

MODELS = tempfile.mkdtemp(prefix="hitl-models-")
BUNDLES = tempfile.mkdtemp(prefix="hitl-bundles-")
atexit.register(shutil.rmtree, MODELS, ignore_errors=True)
atexit.register(shutil.rmtree, BUNDLES, ignore_errors=True)
os.environ.update(
    # Test processes share the cores: threads of their numeric libraries would only wait for each other.
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    SECRET_KEY="only-for-tests-" + "x" * 50,
    HITL_DRAW_KEY="only-for-tests",
    HITL_WEBHOOK_SECRET="whsec_b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHM=",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    DEBUG="0",
    HTTPS="0",
    HITL_PG_SYNC="off",
    ML_MODEL_PATH=MODELS,
    HITL_BUNDLE_STORAGE_OPTIONS=json.dumps({"location": BUNDLES}),
    LOG_LEVEL="WARNING",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's sync API runs an event loop in the test's thread
)

# Everything that is imported stays: conftest.py switches the collection of garbage on again when all is.
gc.disable()
