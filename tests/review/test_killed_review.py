"""A review that is killed at any moment loses at most the verdict in flight.

QT2ANKI_KILLS sets how often it is killed.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.review.made import reviewed_site, session_of, written

KILLS = int(os.environ.get("QT2ANKI_KILLS", "3"))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "qt2anki", "review", "pages", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stderr is not None
    address = re.search(r"http://(\S+?)/(\S+)/\.", process.stderr.readline())
    assert address is not None
    return process, "/".join(address.groups())


def send_verdicts(address: str, keys: list[str], done: list[str]) -> None:
    """Send a verdict on each key, and note those that were answered, until the server is gone."""
    host, _, token = address.partition("/")
    for key in keys:
        connection = http.client.HTTPConnection(host, timeout=30)
        body = json.dumps({"key": key, "seen": "", "decision": "keep"})
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/{token}/verdict", body, headers)
            if connection.getresponse().status == http.HTTPStatus.OK:
                done.append(key)
        except (OSError, http.client.HTTPException):
            return


def test_no_answered_verdict_is_lost(tmp_path: Path) -> None:
    site = reviewed_site(tmp_path)
    keys = [one.card.key for one in session_of(site).cards()]
    dice = random.Random(7)  # noqa: S311  # no secret depends on it

    for _ in range(KILLS):
        site.corrections.unlink(missing_ok=True)
        process, address = start(tmp_path)
        done: list[str] = []
        thread = threading.Thread(target=send_verdicts, args=(address, keys, done))
        thread.start()
        time.sleep(dice.uniform(0, 0.3))
        process.kill()
        process.communicate()
        thread.join()

        found = written(site)  # whole and readable
        assert set(done) <= found.keys()
        assert len(found) <= len(done) + 1
        assert not list(tmp_path.glob(".*corrections*"))
