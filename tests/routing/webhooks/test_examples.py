"""What docs/webhooks.md tells clients to do works: each example takes what we sign and nothing else."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright._impl._driver import compute_driver_executable

from routing import signing

DOC = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = '{"type": "hitl.test", "data": {"said": "grün"}}'.encode()


def example(language):
    """Return the one example in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)
    return found


def python(headers, body):
    known = {}
    exec(example("python"), known)
    return known["verified"](SECRET, headers, body)


def node(headers, body):
    given = json.dumps([SECRET, headers, base64.b64encode(body).decode()])
    code = (
        f"{example('js')}\nconst [s, h, b] = {given};\nconsole.log(verified(s, h, Buffer.from(b, 'base64')));"
    )
    program = compute_driver_executable()[0]  # the browser tests bring a Node of their own
    return (
        subprocess.run([program, "-e", code], check=True, capture_output=True, text=True).stdout == "true\n"
    )


def shell(headers, body, tmp_path):
    (tmp_path / "body").write_bytes(body)
    given = {"SECRET": SECRET, "ID": headers["webhook-id"], "TIMESTAMP": headers["webhook-timestamp"]}
    code = next(one for one in re.findall(r"```sh\n(.*?)```", DOC, re.DOTALL) if "openssl" in one)
    done = subprocess.run(
        ["sh", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path, env=os.environ | given
    )
    return done.stdout.strip() in headers["webhook-signature"].split()


def signed(now=None, keys=(KEY,)):
    return signing.headers(keys, "msg-1", BODY, now=now or timezone.now())


@pytest.mark.parametrize("check", [python, node])
def test_the_examples_take_what_is_signed_and_fresh(check):
    assert check(signed(), BODY) is True
    assert check(signed(keys=(b"new" * 10, KEY)), BODY) is True
    assert check(signed(), BODY + b" ") is False
    assert check(signed(keys=(b"x" * 32,)), BODY) is False
    assert check(signed(now=timezone.now() - timezone.timedelta(minutes=6)), BODY) is False


def test_the_shells_example_makes_the_same_signature(tmp_path):
    assert shell(signed(), BODY, tmp_path) is True
    assert shell(signed(keys=(b"x" * 32,)), BODY, tmp_path) is False


def test_a_new_secret_stands_before_the_one_in_use(capsys, settings):
    settings.HITL_WEBHOOK_SECRET = [KEY]
    call_command("make_webhook_secret", rotate=True)
    name, _, value = capsys.readouterr().out.splitlines()[0].partition("=")
    new, old = value.split(",")
    assert (name, old) == ("HITL_WEBHOOK_SECRET", SECRET)
    assert len(base64.b64decode(new.removeprefix("whsec_"), validate=True)) == 32
