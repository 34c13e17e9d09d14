"""New, graver and ended warnings are told to a webhook: plain JSON, 企业微信 (wecom) or 钉钉 (dingtalk).

What is to be told stands in ``warning_message`` in the transaction that changed the warnings, and stays there until the
other side has said yes: nothing is lost over restarts. A message may arrive twice only if this process ends between
the yes and the note of it; ``dedup_key`` is the same then. The address and the secret stand in no log and no error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
import tenacity
from pydantic import ValidationError
from sqlalchemy import select, update

from data import schema
from data.loaders.addresses import FetchError, Resolver, Target, TransientFetchError, check_url, system_resolver
from data.loaders.deadlines import StopAt, in_words, watched
from data.loaders.fetch_options import FetchOptions
from data.settings import Settings
from data.warehouse import Warehouse

TRIES = 3
ANSWER_S = 5.0  # one try
WHOLE_S = 20.0  # all tries of one message, and the longest Retry-After that is waited for
MAX_ANSWER_BYTES = 65536
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
BUSY_CODES = frozenset({-1, 45009, 45033, 130101, 660026, 410100})  # 企业微信 and 钉钉: too often, or occupied
MESSAGE = schema.warning_message.c
EVENT_WORDS = {"new": ("新预警", "New"), "raised": ("预警升级", "Raised"), "ended": ("预警解除", "Ended")}
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Sending:
    """What came of a round: messages sent, messages that wait, and why the first of these does."""

    sent: int = 0
    waiting: int = 0
    error: str = ""


def generic(body: Body) -> dict[str, Any]:
    """Return the message as it is kept."""
    return dict(body)


def wecom(body: Body) -> dict[str, Any]:
    """Return the message for a group robot of 企业微信."""
    return {"msgtype": "markdown", "markdown": {"content": _markdown(body)}}


def dingtalk(body: Body) -> dict[str, Any]:
    """Return the message for a group robot of 钉钉."""
    return {"msgtype": "markdown", "markdown": {"title": _title(body), "text": f"### {_markdown(body)}"}}


FORMS: dict[str, Callable[[Body], dict[str, Any]]] = {"generic": generic, "wecom": wecom, "dingtalk": dingtalk}


def _title(body: Body) -> str:
    return f"{EVENT_WORDS[body['event']][0]}｜{body['level_zh']}"


def _markdown(body: Body) -> str:
    lines = [f"**{_title(body)}**", str(body["text_zh"])]
    if body.get("gap_zh"):
        lines.append(f"> 差距：{body['gap_zh']}；自 {body['since_zh']} 起")
    return "\n\n".join([*lines, f"> {body['at']}｜{body['dedup_key']}"])


def signed(url: str, secret: str, timestamp_ms: int) -> str:
    """Return an address of 钉钉 with time and signature."""
    text = f"{timestamp_ms}\n{secret}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    parts = urlsplit(url)
    more = urlencode({"timestamp": timestamp_ms, "sign": base64.b64encode(digest).decode()})
    return urlunsplit(parts._replace(query=f"{parts.query}&{more}" if parts.query else more))


@dataclass
class Webhook:
    """One address. ``resolver``, ``sleep`` and ``clock_ms`` can be replaced."""

    url: str
    kind: str
    secret: str = ""
    networks: tuple[str, ...] = ()
    resolver: Resolver = system_resolver
    sleep: Callable[[float], None] = time.sleep
    clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    answer_s: float = ANSWER_S
    whole_s: float = WHOLE_S

    def post(self, body: Body) -> None:
        """Tell one message. Raises ``FetchError``, ``TransientFetchError`` where later may help; neither holds keys."""
        content = json.dumps(FORMS[self.kind](body), ensure_ascii=False).encode()
        ends = time.monotonic() + self.whole_s
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientFetchError),
            stop=tenacity.stop_after_attempt(TRIES) | StopAt(ends),
            wait=_wait,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            retrying(self._try, content, str(body["dedup_key"]), ends)
        except FetchError as error:
            raise type(error)(self._without_secrets(str(error))) from None

    def _try(self, content: bytes, dedup_key: str, ends: float) -> None:
        url = signed(self.url, self.secret, self.clock_ms()) if self.kind == "dingtalk" and self.secret else self.url
        target = check_url(url, self._options(), self.resolver)
        deadline = min(time.monotonic() + self.answer_s, ends)
        left_s = max(deadline - time.monotonic(), 0.001)
        with watched(deadline) as trace:
            try:
                with (
                    httpx.Client(trust_env=False, timeout=left_s) as client,
                    client.stream(
                        "POST",
                        _pinned(url, target),
                        content=content,
                        headers=self._headers(target, dedup_key),
                        extensions={"sni_hostname": target.host, "trace": trace},
                    ) as response,
                ):
                    self._judge(response)
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
                raise in_words(error, late=time.monotonic() >= deadline) from None

    def _options(self) -> FetchOptions:
        networks = tuple(ip_network(each) for each in self.networks)
        # Plain HTTP only inside the networks that are named; a robot on the internet is spoken to by HTTPS.
        schemes: tuple[Literal["https", "http"], ...] = ("https", "http") if networks else ("https",)
        try:
            return FetchOptions(
                url=self.url, name="webhook.json", content_types=("application/json",), schemes=schemes,
                allowed_networks=networks,
            )  # fmt: skip
        except ValidationError:
            raise FetchError("ONESCREEN_WEBHOOK_URL is not an address") from None

    def _headers(self, target: Target, dedup_key: str) -> dict[str, str]:
        host = f"[{target.host}]" if ":" in target.host else target.host
        default = {"http": 80, "https": 443}[target.scheme]
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Host": host if target.port == default else f"{host}:{target.port}",
            # A header holds Latin letters only; a key never holds others, but another district's might.
            "Idempotency-Key": dedup_key.encode("ascii", "replace").decode(),
        }

    def _judge(self, response: httpx.Response) -> None:
        if response.status_code in TRANSIENT_STATUSES:
            raise TransientFetchError(f"status {response.status_code}", self._asked_to_wait(response))
        if not response.is_success:
            raise FetchError(f"status {response.status_code}")
        if self.kind == "generic":
            return
        answer = b""
        for piece in response.iter_bytes():
            answer += piece
            if len(answer) > MAX_ANSWER_BYTES:
                raise FetchError("the answer is too long")
        _check_answer(answer)

    def _asked_to_wait(self, response: httpx.Response) -> float | None:
        text = response.headers.get("retry-after", "").strip()
        return float(text[:9]) if text.isascii() and text.isdecimal() else None

    def _without_secrets(self, text: str) -> str:
        query = urlsplit(self.url).query
        for each in (self.url, query, self.secret):
            text = text.replace(each, "***") if each else text
        return text


def _check_answer(answer: bytes) -> None:
    """Refuse an answer of 企业微信 or 钉钉 that is no yes: both say no with status 200."""
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, KeyError, TypeError):
        raise FetchError("the answer has no errcode") from None
    if code in BUSY_CODES:
        raise TransientFetchError(f"errcode {code}")
    if code != 0:
        raise FetchError(f"errcode {code!r:.40}")


def _pinned(url: str, target: Target) -> str:
    """Return the address with the host replaced by the address that was checked."""
    parts = urlsplit(url)
    host = f"[{target.address}]" if target.address.version == 6 else str(target.address)
    return urlunsplit((target.scheme, f"{host}:{target.port}", parts.path or "/", parts.query, ""))


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientFetchError) and error.retry_after_s is not None:
        return error.retry_after_s
    return tenacity.wait_exponential_jitter(initial=1, max=8, jitter=1)(state)


def webhook_of(settings: Settings) -> Webhook | None:
    """Return the webhook of the settings, or ``None`` where nobody is to be told."""
    if settings.webhook_url is None:
        return None
    # Both libraries log whole addresses, and the key of a robot stands in its address.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    secret = "" if settings.webhook_secret is None else settings.webhook_secret.get_secret_value()
    return Webhook(settings.webhook_url.get_secret_value(), settings.webhook_kind, secret, settings.webhook_networks)


def waiting(warehouse: Warehouse) -> int:
    """Return how many messages have not been sent."""
    with warehouse.connected() as connection:
        return len(connection.execute(select(MESSAGE.event_id).where(MESSAGE.sent_at.is_(None))).all())


def send(warehouse: Warehouse, webhook: Webhook, now: Callable[[], datetime]) -> Sending:
    """Send what waits, in order; stop at the first message that cannot be sent now. Call it under the lease."""
    with warehouse.connected() as connection:
        statement = select(MESSAGE.event_id, MESSAGE.body).where(MESSAGE.sent_at.is_(None)).order_by(MESSAGE.event_id)
        queued = [(row.event_id, json.loads(row.body)) for row in connection.execute(statement)]
    sent, refused = 0, ""
    for event_id, body in queued:
        try:
            webhook.post(body)
        except TransientFetchError as error:
            _note(warehouse, event_id, error=str(error))
            return Sending(sent, len(queued) - sent, str(error))
        except FetchError as error:
            # This one is refused for good; it stays, but does not hold up the others.
            _note(warehouse, event_id, error=str(error))
            refused = refused or str(error)
            continue
        _note(warehouse, event_id, sent_at=now())
        sent += 1
    return Sending(sent, len(queued) - sent, refused)


def _note(warehouse: Warehouse, event_id: int, *, error: str = "", sent_at: datetime | None = None) -> None:
    row = {"attempts": MESSAGE.attempts + 1, "error": error, "sent_at": sent_at}
    with warehouse.writing.begin() as connection:
        connection.execute(update(schema.warning_message).where(MESSAGE.event_id == event_id).values(row))
