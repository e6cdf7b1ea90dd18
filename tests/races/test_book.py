"""Writers, sealing, signing, verification and bundles at once: nobody ever sees a broken book."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit import signing, trail, verify_bundle
from audit.bundles import reading, writing
from tests.audit import attacks, book
from tests.audit.bundles.making import KEY

pytestmark = pytest.mark.django_db(transaction=True)


def work(seed):
    """Write small transactions, some of them rolled back."""
    random = Random(seed)
    for _ in range(30):
        with transaction.atomic():
            book.write(random.randint(1, 3))
            transaction.set_rollback(random.random() < 0.2)
    connection.close()


def sign():
    """Sign the book."""
    signing.sign(by="system:test")
    connection.close()


def bundle(path):
    """Return what the verifier can't prove of a bundle that is written now; '' for nothing."""
    wanted = writing.Wanted("", None, timezone.now() - reading.SLACK, "a race", "user:cora", False)
    try:
        writing.write(wanted, path, heard=lambda done, total: None)
    except reading.NotSettled:
        return ""
    finally:
        connection.close()
    return verify_bundle.check(str(path), [KEY], None, False)[2]


def test_whatever_happens_at_once_every_verdict_is_intact(settings, tmp_path):
    settings.HITL_SIGNING_KEY = attacks.SEED
    book.write()
    found = []
    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(work, seed) for seed in range(3)]
        while not all(writer.done() for writer in writers):
            told = [pool.submit(sign), pool.submit(bundle, tmp_path / f"{len(found)}.zip")]
            found.append(trail.verify().first_broken)
            found += [one.result() for one in told]
        [writer.result() for writer in writers]
    assert set(found) == {None, ""}
    sign()
    assert (bundle(tmp_path / "last.zip"), trail.verify().intact) == ("", True)
