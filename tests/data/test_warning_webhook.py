"""Warnings are told to a real HTTP server on loopback: each kind's JSON, refusals, waiting, restarts, secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from data.catalogue import load_catalogue
from data.clock import clock_for
from data.loaders.addresses import AddressRefusedError, FetchError, TransientFetchError
from data.settings import ROOT, Settings
from data.warehouse import Warehouse
from data.warning_round import look
from data.warning_webhook import Webhook, send, waiting, webhook_of
from tests.data.test_warnings import NOW, TODAY, fill, kept, rule, trade_levels
from tests.fault_server import FaultServer, Reply

OK = Reply.json('{"errcode": 0, "errmsg": "ok"}')
KEY, SECRET = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", "SEC0123456789"
BODY = {
    "dedup_key": "falls:gdp:370211:QY:yoy#7", "event": "new", "at": "2026-11-23T10:24:00+08:00", "key": "falls:gdp",
    "level": 2, "level_zh": "Ⅱ 橙色", "text_zh": "地区生产总值同比连续 3 期下降", "gap_zh": "连续 3 期",
    "since_zh": "2026年前三季度",
}  # fmt: skip
MARKDOWN = (
    "**新预警｜Ⅱ 橙色**\n\n地区生产总值同比连续 3 期下降\n\n> 差距：连续 3 期；自 2026年前三季度 起\n\n"
    "> 2026-11-23T10:24:00+08:00｜falls:gdp:370211:QY:yoy#7"
)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


def webhook(server: FaultServer, kind: str = "generic", slept: list[float] | None = None, **parts: object) -> Webhook:
    """A webhook on loopback that does not really wait between its tries."""
    record = (slept if slept is not None else []).append
    options = {"networks": ("127.0.0.0/8",), "sleep": record, **parts}
    return Webhook(f"{server.address}/hook?key={KEY}", kind, **options)


KINDS = [
    ("generic", BODY),
    ("wecom", {"msgtype": "markdown", "markdown": {"content": MARKDOWN}}),
    ("dingtalk", {"msgtype": "markdown", "markdown": {"title": "新预警｜Ⅱ 橙色", "text": f"### {MARKDOWN}"}}),
]


@pytest.mark.parametrize(("kind", "expected"), KINDS)
def test_each_kind_gets_its_json(server: FaultServer, kind: str, expected: object) -> None:
    server.scripts["/hook"] = [OK]
    webhook(server, kind).post(BODY)
    (request,) = server.requests
    assert json.loads(request.body) == expected
    assert request.query["key"] == KEY
    assert request.headers["idempotency-key"] == BODY["dedup_key"]
    assert request.headers["content-type"].startswith("application/json")


def test_dingtalk_is_signed(server: FaultServer) -> None:
    server.scripts["/hook"] = [OK]
    webhook(server, "dingtalk", secret=SECRET, clock_ms=lambda: 1795400640000).post(BODY)
    query = server.requests[0].query
    digest = hmac.new(SECRET.encode(), f"1795400640000\n{SECRET}".encode(), hashlib.sha256).digest()
    assert (query["timestamp"], query["sign"]) == ("1795400640000", base64.b64encode(digest).decode())


def test_a_server_that_recovers_is_told_at_the_second_try(server: FaultServer) -> None:
    server.scripts["/hook"] = [Reply(status=500), OK]
    webhook(server).post(BODY)
    assert len(server.requests) == 2


def test_retry_after_is_kept_to(server: FaultServer) -> None:
    slept: list[float] = []
    server.scripts["/hook"] = [Reply(status=429, headers={"Retry-After": "7"}), OK]
    webhook(server, slept=slept).post(BODY)
    assert slept == [7.0]


def test_a_wait_longer_than_the_round_is_left_to_the_next(server: FaultServer) -> None:
    server.scripts["/hook"] = [Reply(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(TransientFetchError, match="429"):
        webhook(server).post(BODY)
    assert len(server.requests) == 1


def test_a_server_that_hangs_is_given_up(server: FaultServer) -> None:
    server.scripts["/hook"] = [Reply(hang_s=30)]
    with pytest.raises(TransientFetchError):
        webhook(server, answer_s=0.3, whole_s=1.0).post(BODY)


@pytest.mark.parametrize(
    ("answer", "error"),
    [('{"errcode": 93000}', "errcode 93000"), ("<html>", "no errcode"), ('{"errcode": 45009}', "errcode 45009")],
)
def test_a_no_with_status_200_is_a_no(server: FaultServer, answer: str, error: str) -> None:
    server.scripts["/hook"] = [Reply.json(answer)]
    with pytest.raises(FetchError, match=error):
        webhook(server, "wecom").post(BODY)
    assert len(server.requests) == (3 if "45009" in answer else 1)


def test_addresses_follow_the_rules_of_feeds(server: FaultServer) -> None:
    with pytest.raises(AddressRefusedError):
        webhook(server, networks=()).post(BODY)
    with pytest.raises(AddressRefusedError):
        webhook(server, networks=("10.0.0.0/8",)).post(BODY)
    assert server.requests == []


def test_no_secret_stands_in_logs_errors_or_settings(server: FaultServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"{server.address}/hook?key={KEY}"
    settings = Settings(webhook_url=url, webhook_kind="dingtalk", webhook_secret=SECRET, webhook_networks="127.0.0.0/8")
    made = webhook_of(settings)
    assert made is not None
    server.scripts["/hook"] = [Reply(status=404)]
    with pytest.raises(FetchError) as refused:
        made.post(BODY)
    told = caplog.text + str(refused.value) + repr(settings)
    assert KEY not in told
    assert SECRET not in told


# --- the messages that wait in the warehouse -------------------------------------------------------------------------


@pytest.fixture
def told(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one new warning that nobody has been told of."""
    catalogue = load_catalogue(ROOT / "data" / "catalogue")
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    kept(warehouse, catalogue, rule("behind_target", indicator="trade", points=1.0))
    return warehouse


def test_nothing_is_lost_and_nothing_told_twice(told: Warehouse, server: FaultServer) -> None:
    server.scripts["/hook"] = [Reply(status=503), Reply(status=503), Reply(status=503), OK]
    first = send(told, webhook(server), lambda: NOW)
    assert (first.sent, first.waiting, first.error) == (0, 1, "status 503")
    second = send(told, webhook(server), lambda: NOW)
    assert (second.sent, second.waiting) == (1, 0)
    assert send(told, webhook(server), lambda: NOW).sent == 0
    assert waiting(told) == 0
    assert len(server.requests) == 4
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1


def test_the_refresh_tells_what_is_new_and_what_ended(warehouse: Warehouse, server: FaultServer) -> None:
    catalogue = load_catalogue(ROOT / "data" / "catalogue")
    fill(warehouse, trade_levels(catalogue, 2814.0, True))
    server.scripts["/hook"] = [OK]
    settings = Settings(
        webhook_url=f"{server.address}/hook", webhook_networks="127.0.0.0/8", today=TODAY, simulated=True
    )
    rules = replace(catalogue, warnings=(rule("behind_target", indicator="trade", points=1.0),))
    for held in (rules, rules, replace(catalogue, warnings=())):
        look(warehouse, held, settings, clock_for(TODAY), "declared")
    bodies = [json.loads(request.body) for request in server.requests]
    assert [body["event"] for body in bodies] == ["new", "ended"]
    assert bodies[0]["text_zh"] == "2026年1–9月货物进出口总额低于示例目标序时进度 3.0 个百分点"
    assert (bodies[0]["level"], bodies[0]["figure"], bodies[0]["since"]) == (2, 2814.0, "2026-09/Y")
