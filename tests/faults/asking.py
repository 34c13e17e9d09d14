"""Small questions to a web server: status, seconds and headers, whatever it answers."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """One answer; status 0 if there was none."""

    status: int
    seconds: float
    headers: dict[str, str]
    body: str

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(json.loads(self.body)["code"])


def ask(url: str, timeout_s: float = 30) -> Answered:
    """Ask once."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as answer:
            status, headers, body = answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            status, headers, body = error.code, dict(error.headers), error.read().decode()
    except OSError:
        status, headers, body = 0, {}, ""
    return Answered(status, time.monotonic() - began, headers, body)


def wait_for(condition, seconds: float, what: str) -> float:
    """Wait until ``condition`` holds; return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what} did not happen in {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began
