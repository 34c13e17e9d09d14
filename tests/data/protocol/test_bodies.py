"""H-04, H-05 and the wire part of H-09: a body that is cut, packed, too large or not data is never passed on."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest

from data.loaders.addresses import FetchError, TransientFetchError
from tests.fault_server import Reply

BODY = b'{"rows": [1, 2, 3], "whole": true}'
CSV = "period,value\n2024-01,1.5\n2024-02,1.6\n"
SECRET = "canary-4711-secret"


# --- H-04


@pytest.mark.parametrize("share", range(40))
def test_h_04_a_body_cut_anywhere_is_never_passed_on(ask, server, tmp_path, share):
    body = b'{"rows": [' + b", ".join(b"%d" % n for n in range(200)) + b"]}"
    server.scripts["/data"] = [Reply(body, cut=len(body) * share // 40)]
    with pytest.raises(TransientFetchError, match=r"the connection failed"):
        ask(tries=1)
    assert not (tmp_path / "answer.json").exists()


@pytest.mark.parametrize("share", range(0, 40, 3))
def test_h_04_chunks_cut_anywhere_are_never_passed_on(ask, server, share):
    body = b"x" * 9000
    server.scripts["/data"] = [Reply(body, cut=len(body) * share // 40, chunked=True)]
    with pytest.raises(TransientFetchError, match=r"the connection failed"):
        ask(tries=1)


@pytest.mark.parametrize("share", range(1, 40, 2))
def test_h_04_gzip_cut_anywhere_under_a_right_length_is_never_passed_on(ask, server, share):
    packed = gzip.compress(BODY * 20, mtime=0)
    server.scripts["/data"] = [Reply.packed(b"", whole=packed[: len(packed) * share // 40])]
    with pytest.raises(TransientFetchError, match=r"gzip"):
        ask(tries=1)


def test_h_04_gzip_with_a_wrong_checksum_is_never_passed_on(ask, server):
    packed = bytearray(gzip.compress(BODY, mtime=0))
    packed[-6] ^= 0xFF
    server.scripts["/data"] = [Reply.packed(b"", whole=bytes(packed))]
    with pytest.raises(TransientFetchError, match=r"not whole gzip"):
        ask(tries=1)


def test_h_04_an_announced_length_that_lies_long_is_a_cut(ask, server):
    server.scripts["/data"] = [Reply(BODY, announced=len(BODY) + 10)]
    with pytest.raises(TransientFetchError, match=r"connection failed"):
        ask(tries=1)


@pytest.mark.parametrize("short", range(1, 12))
def test_h_04_an_announced_length_that_lies_short_of_a_csv_is_seen_at_its_last_line(ask, server, short):
    server.scripts["/data"] = [Reply.csv(CSV, announced=len(CSV) - short)]
    with pytest.raises(TransientFetchError, match=r"last line has no end"):
        ask(csv=True, tries=1)


def test_h_04_a_csv_of_which_nobody_knows_the_end_is_refused(ask, server):
    server.scripts["/data"] = [Reply.csv(CSV, unframed=True)]
    with pytest.raises(FetchError, match=r"neither its length nor its end"):
        ask(csv=True)


def test_h_04_a_csv_without_a_last_line_break_only_where_declared(ask, server):
    server.scripts["/data"] = [Reply.csv(CSV.rstrip())]
    assert ask(csv=True, open_last_line=True).path.read_bytes() == CSV.rstrip().encode()


def test_h_04_cut_once_then_whole(ask, server):
    server.scripts["/data"] = [Reply(BODY, cut=9), Reply(BODY)]
    answer = ask()
    assert answer.path.read_bytes() == BODY
    assert len(answer.tries) == 2


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
def test_h_04_an_encoding_nobody_asked_for_is_refused(ask, server, encoding):
    kind = {"Content-Type": "application/json", "Content-Encoding": encoding}
    server.scripts["/data"] = [Reply(zlib.compress(BODY), headers=kind)]
    with pytest.raises(FetchError, match=r"was not asked for"):
        ask()


# --- H-05


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("text/html; charset=utf-8", b"<html>sign in</html>", "content type 'text/html' is none of"),
        ("", b'{"a": 1}', "content type 'none' is none of"),
        ("application/json", b"<!DOCTYPE html><html><body>sign in", "a page for people"),
        ("application/json", b"\xef\xbb\xbf\n <!-- portal -->\n<HTML>", "a page for people"),
        ("application/json", "<html>".encode("utf-16"), "a page for people"),
        ("text/csv", b"<script>location='/login'</script>", "a page for people"),
        ("application/json", b"", "the answer is empty"),
        ("application/json", b" \r\n ", "the answer is empty"),
    ],
)
def test_h_05_a_page_or_nothing_answered_with_200_is_refused(ask, server, tmp_path, kind, body, reason):
    server.scripts["/data"] = [Reply(body, headers={"Content-Type": kind} if kind else {})]
    with pytest.raises(FetchError, match=reason):
        ask()
    assert len(server.requests) == 1
    assert not (tmp_path / "answer.json").exists()


# --- H-09 (the parts of the wire; documents are in test_hostile_messages)


def test_h_09_an_answer_larger_than_declared_is_refused_by_its_announcement(ask, server):
    server.scripts["/data"] = [Reply(BODY, announced=10**9)]
    with pytest.raises(FetchError, match=r"larger than 1000 bytes"):
        ask(max_bytes=1000)


def test_h_09_an_answer_that_grows_is_refused_while_it_comes(ask, server):
    server.scripts["/data"] = [Reply(b"x" * 100_000, chunked=True)]
    with pytest.raises(FetchError, match=r"larger than 5000 bytes"):
        ask(max_bytes=5000)


@pytest.mark.parametrize("members", [1, 20])
def test_h_09_a_gzip_bomb_is_refused_before_it_is_unpacked(ask, server, tmp_path, members):
    bomb = gzip.compress(b"\x00" * (100 << 20) if members == 1 else b"\x00" * (4 << 20), mtime=0) * members
    server.scripts["/data"] = [Reply.packed(b"", whole=bomb)]
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"larger than 1048576 bytes"):
        ask(max_bytes=1 << 20)
    assert time.monotonic() - began < 2
    assert list(tmp_path.glob("answer*")) == []
