"""Answers over HTTP against a real server on loopback. Tests are named after the rows of the reliability table."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from data.loaders.addresses import FetchError, TransientFetchError
from data.loaders.fetch_options import FetchOptions
from data.loaders.fetching import Client, Validators
from tests.fault_server import Reply

BODY = b'{"rows": [1, 2, 3], "whole": true}'
CSV = "period,value\n2024-01,1.5\n2024-02,1.6\n"
SECRET = "canary-4711-secret"


def test_a_whole_answer_is_written_as_it_came(ask, server):
    server.scripts["/data"] = [Reply(BODY)]
    answer = ask()
    assert answer.path.read_bytes() == BODY
    assert answer.tries == ("1: whole",)
    assert server.requests[0].headers["accept-encoding"] == "gzip"
    assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"


# --- H-01


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_h_01_transient_errors_are_asked_again_with_growing_waits(ask, server, slept, status):
    server.scripts["/data"] = [Reply(status=status), Reply(status=status), Reply(BODY)]
    answer = ask(backoff_s=1)
    assert answer.path.read_bytes() == BODY
    assert answer.tries == (f"1: status {status}", f"2: status {status}", "3: whole")
    assert 1 <= slept[0] <= 2 <= slept[1] <= 3  # 1 s and 2 s, each with up to 1 s of jitter


def test_h_01_at_most_four_tries_and_all_are_told(ask, server, slept):
    server.scripts["/data"] = [Reply(status=500)]
    with pytest.raises(TransientFetchError, match=r"tries: 1: status 500; 2: .*; 3: .*; 4: status 500"):
        ask()
    assert (len(server.requests), len(slept)) == (4, 3)


def test_h_01_jitter_differs(ask, server, slept):
    server.scripts["/data"] = [Reply(status=500)]
    for _ in range(4):
        with pytest.raises(TransientFetchError):
            ask(backoff_s=1, tries=2)
    assert len(set(slept)) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_h_01_what_asking_again_cannot_cure_is_asked_once(ask, server, status):
    server.scripts["/data"] = [Reply(status=status), Reply(BODY)]
    with pytest.raises(FetchError, match=f"status {status}"):
        ask()
    assert len(server.requests) == 1


# --- H-02


def test_h_02_retry_after_in_seconds_is_waited_as_told(ask, server, slept):
    server.scripts["/data"] = [Reply(status=429, headers={"Retry-After": "7"}), Reply(BODY)]
    assert ask().path.read_bytes() == BODY
    assert slept == [7.0]


def test_h_02_retry_after_as_a_date_is_waited_as_told(ask, server, slept):
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.scripts["/data"] = [Reply(status=503, headers={"Retry-After": when}), Reply(BODY)]
    ask()
    assert 27 <= slept[0] <= 30


def test_h_02_a_longer_wait_than_the_cap_is_not_hammered_but_left_to_the_next_run(ask, server, slept):
    server.scripts["/data"] = [Reply(status=429, headers={"Retry-After": "86400"}), Reply(BODY)]
    with pytest.raises(FetchError, match=r"asks to come back in 86400 s"):
        ask()
    assert (len(server.requests), slept) == (1, [])


def test_h_02_a_wait_beyond_the_whole_time_is_not_begun(ask, server, slept):
    server.scripts["/data"] = [Reply(status=429, headers={"Retry-After": "600"}), Reply(BODY)]
    with pytest.raises(FetchError, match=r"status 429"):
        ask(whole_s=60)
    assert (len(server.requests), slept) == (1, [])


@pytest.mark.parametrize("told", ["soon", "-5", "1e9", "٣"])
def test_h_02_a_senseless_retry_after_is_as_if_absent(ask, server, slept, told):
    server.scripts["/data"] = [Reply(status=429, headers={"Retry-After": told.encode().decode("latin-1")}), Reply(BODY)]
    ask()
    assert slept[0] < 1


# --- H-03


@pytest.mark.parametrize(
    ("reply", "options"),
    [
        (Reply(BODY, hang_s=30), {"read_s": 0.3}),
        (Reply(BODY, hang_s=30), {"answer_s": 0.3}),
        (Reply(BODY * 50, drip_s=0.05), {"answer_s": 0.4}),
        (Reply(BODY, head_drip_s=0.05), {"answer_s": 0.4}),
        (Reply(BODY * 50, drip_s=0.05, chunked=True), {"answer_s": 0.4}),
    ],
    ids=["hang and read limit", "hang and deadline", "slow drip", "slow drip of the header", "slow drip in chunks"],
)
def test_h_03_a_hang_and_a_slow_drip_end_at_the_deadline(ask, server, tmp_path, reply, options):
    server.scripts["/data"] = [reply]
    began = time.monotonic()
    with pytest.raises(TransientFetchError, match=r"in time|deadline"):
        ask(tries=1, **options)
    assert time.monotonic() - began < 2
    assert not (tmp_path / "answer.json").exists()


def test_h_03_a_hang_is_asked_again(ask, server):
    server.scripts["/data"] = [Reply(BODY, hang_s=30), Reply(BODY)]
    assert ask(read_s=0.3).path.read_bytes() == BODY


def test_h_03_nobody_listens(ask, server, slept):
    with pytest.raises(TransientFetchError, match=r"connection failed|cannot connect"):
        ask(url="http://127.0.0.1:9/data", ports=(9,), tries=2)
    assert len(slept) == 1


def test_h_03_a_resolver_that_hangs_is_left_behind(ask):
    began = time.monotonic()
    with pytest.raises(TransientFetchError, match=r"no answer in time"):
        ask(url="http://slow.example/data", resolver=lambda *_: time.sleep(1) or [], connect_s=0.2, tries=1)
    assert time.monotonic() - began < 0.9


def test_h_03_the_whole_time_ends_all_tries(ask, server):
    server.scripts["/data"] = [Reply(BODY, hang_s=30)]
    began = time.monotonic()
    with pytest.raises(TransientFetchError):
        ask(whole_s=0.5, tries=10)
    assert time.monotonic() - began < 2


# --- H-11


def test_h_11_a_redirect_to_another_host_is_refused(ask, server):
    server.scripts["/data"] = [Reply.redirect("http://elsewhere.example/data")]
    with pytest.raises(FetchError, match=r"a step to elsewhere.example is not followed"):
        ask()


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/", "//127.0.0.2/x", "http://127.0.0.1:1/x"]
)
def test_h_11_a_redirect_to_another_scheme_host_or_port_is_refused(ask, server, to):
    server.scripts["/data"] = [Reply.redirect(to)]
    with pytest.raises(FetchError, match=r"scheme|step to|port"):
        ask()
    assert len(server.requests) == 1


def test_h_11_a_redirect_on_the_same_host_is_followed_and_the_number_limited(ask, server):
    server.scripts["/data"] = [Reply.redirect("/moved", 301)]
    server.scripts["/moved"] = [Reply(BODY)]
    assert ask().path.read_bytes() == BODY
    server.scripts["/loop"] = [Reply.redirect("/loop")]
    with pytest.raises(FetchError, match=r"more than 3 redirects"):
        ask("/loop")
    assert len([one for one in server.requests if one.path == "/loop"]) == 4


@pytest.mark.parametrize("way", ["header", "query"])
def test_h_11_the_key_is_not_sent_on_to_a_host_that_may_be_followed(ask, server, way):
    def resolver(_host, _port):
        return ["127.0.0.1"]

    server.scripts["/data"] = [Reply.redirect(f"http://other.example:{server.port}/there")]
    server.scripts["/there"] = [Reply(BODY)]
    key = {"environment": "FEED_KEY", way: "X-Key"}
    options = {"redirect_hosts": ("other.example",), "key": key, "headers": {"X-District": "370211"}}
    ask(url=f"http://first.example:{server.port}/data", resolver=resolver, environment={"FEED_KEY": SECRET}, **options)
    first, second = server.requests
    assert SECRET in (first.headers.get("x-key"), first.query.get("X-Key"))
    assert SECRET not in str(second)
    assert (first.headers["host"], second.headers["host"]) == tuple(
        f"{name}.example:{server.port}" for name in ("first", "other")
    )
    assert "x-district" not in second.headers


# --- H-14 and what is kept between runs


def test_h_14_unchanged_is_told_by_etag_and_by_date(ask, server):
    def script(request):
        same = request.headers.get("if-none-match") == '"v1"'
        headers = {"Content-Type": "application/json", "ETag": '"v1"', "Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT"}
        return Reply(b"", 304) if same else Reply(BODY, headers=headers)

    server.scripts["/data"] = script
    first = ask()
    assert first.validators == Validators('"v1"', "Mon, 02 Nov 2026 08:00:00 GMT")
    again = ask(validators=first.validators)
    assert again.path is None
    assert again.validators == first.validators
    assert server.requests[1].headers["if-modified-since"] == "Mon, 02 Nov 2026 08:00:00 GMT"


def test_h_14_unchanged_to_a_question_without_a_validator_is_refused(ask, server):
    server.scripts["/data"] = [Reply(b"", 304)]
    with pytest.raises(FetchError, match=r"304"):
        ask()


def test_t_01_a_clock_that_differs_is_noted(ask, server):
    when = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    server.scripts["/data"] = [Reply(BODY, headers={"Content-Type": "application/json", "Date": when})]
    assert "clock differs by -3" in ask().notes[0]


# --- keys


@pytest.mark.parametrize("way", ["header", "query"])
def test_s_24_a_key_is_sent_and_stands_in_no_log_and_no_message(ask, server, caplog, way):
    caplog.set_level(logging.DEBUG)
    server.scripts["/data"] = [Reply(status=500), Reply(status=403, body=SECRET.encode())]
    with pytest.raises(FetchError) as raised:
        ask(key={"environment": "FEED_KEY", way: "X-Key"}, environment={"FEED_KEY": SECRET})
    assert SECRET in str(server.requests[0])
    assert SECRET not in str(raised.value)
    assert SECRET not in caplog.text


def test_a_key_that_is_not_set_is_said_before_anything_is_asked(ask, server):
    with pytest.raises(FetchError, match=r"environment variable FEED_KEY with the key is not set"):
        ask(key={"environment": "FEED_KEY", "header": "X-Key"})
    assert server.requests == []


def test_an_answer_that_cannot_be_kept_is_said_and_not_asked_again(server, tmp_path):
    server.scripts["/data"] = [Reply(BODY)]
    declared = FetchOptions(
        url=f"{server.address}/data",
        name="x.json",
        content_types=("application/json",),
        schemes=("http",),
        allowed_networks=("127.0.0.0/8",),
    )
    with pytest.raises(FetchError, match=r"cannot be kept: No such file"):
        Client(declared).get(declared.url, tmp_path / "missing" / "x.json")
    assert len(server.requests) == 1
