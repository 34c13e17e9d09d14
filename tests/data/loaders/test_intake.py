"""What lies in the drop folder: finished or not, a file or something else, and names that attack."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from data.loaders import FileRefusedError
from data.loaders.intake import Settling, StillBeingWrittenError, label_of, open_regular, receive
from data.loaders.limits import Limits

LIMITS = Limits(file_mib=1)


@pytest.fixture
def spool(tmp_path):
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


# --- F-01


class Time:
    """A clock a test moves."""

    def __init__(self, start: float) -> None:
        self.moment = start

    def __call__(self) -> float:
        return self.moment


def test_f_01_a_file_that_grows_is_left_alone_until_it_rests(tmp_path):
    path, wall, steady = tmp_path / "a.csv", Time(time.time()), Time(0.0)
    settling = Settling(10.0, wall, steady)
    taken = 0
    for _ in range(20):  # a writer adds a line each second, a scan follows each
        with path.open("a") as file:
            file.write("line\n")
        wall.moment = path.stat().st_mtime
        steady.moment += 1
        taken += settling.is_finished(path)
    assert taken == 0
    steady.moment += 9.5
    assert not settling.is_finished(path)
    steady.moment += 0.6
    assert settling.is_finished(path)


def test_f_01_a_single_scan_believes_the_time_of_change_but_not_a_time_set_by_the_copy(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x")
    os.utime(path, (0, 0))  # as cp -p does with an old file; the change time tells
    assert not Settling(10.0).is_finished(path)
    assert Settling(10.0, now=lambda: time.time() + 11).is_finished(path)


def test_f_01_a_clock_set_back_delays_a_file_but_does_not_lose_it(tmp_path):
    path, steady = tmp_path / "a.csv", Time(0.0)
    path.write_text("x")
    settling = Settling(10.0, now=lambda: 0.0, elapsed=steady)
    assert not settling.is_finished(path)
    steady.moment = 10.0
    assert settling.is_finished(path)


@pytest.mark.parametrize(
    "name", ["~$a.xlsx", ".a.csv.x1", "a.csv.part", "a.csv.tmp", "a.xlsx.crdownload", "a.csv.done"]
)
def test_f_01_temporary_names_are_left_alone(name, tmp_path):
    (tmp_path / name).write_text("x")
    assert not Settling(0.0, now=lambda: time.time() + 100).is_finished(tmp_path / name)


def test_f_01_a_file_open_for_writing_is_left_alone_and_a_marker_says_done(tmp_path):
    path = tmp_path / "a.csv"
    late = Settling(10.0, now=lambda: time.time() + 100)
    with path.open("w") as file:
        file.write("x")
        file.flush()
        assert not late.is_finished(path)
    assert late.is_finished(path)
    fresh = tmp_path / "b.csv"
    fresh.write_text("x")
    (tmp_path / "b.csv.done").touch()
    assert Settling(10.0).is_finished(fresh)


def test_f_01_a_file_that_changes_while_it_is_copied_is_left_alone(tmp_path, spool, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("x" * 1000)
    import data.loaders.intake as intake

    copy = intake._copy

    def copy_while_it_is_written(*arguments):
        with path.open("a") as file:
            file.write("more")
        return copy(*arguments)

    monkeypatch.setattr(intake, "_copy", copy_while_it_is_written)
    with pytest.raises(StillBeingWrittenError):
        receive(path, spool, LIMITS)
    assert list(spool.iterdir()) == []


# --- F-03, F-04


def test_f_04_only_regular_files_are_opened_and_nothing_blocks(tmp_path, spool):
    target = tmp_path / "real.csv"
    target.write_text("x")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket.csv"))
    words = {"link.csv": "link", "folder.csv": "folder", "pipe.csv": "pipe", "socket.csv": "socket"}
    began = time.monotonic()
    for name, word in words.items():
        with pytest.raises(FileRefusedError, match=word):
            receive(tmp_path / name, spool, LIMITS)
    with pytest.raises(FileRefusedError, match="device"):
        open_regular(tmp_path.__class__("/dev/null"))
    assert time.monotonic() - began < 1
    assert list(spool.iterdir()) == []
    listening.close()


def test_f_04_what_is_swapped_between_look_and_opening_is_refused_too(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("x")
    regular = path.lstat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(type(path), "lstat", lambda self: regular)
    done = threading.Event()

    def attempt():
        with pytest.raises(FileRefusedError, match="pipe"):
            open_regular(path)
        done.set()

    threading.Thread(target=attempt, daemon=True).start()
    assert done.wait(2), "opening a pipe waited for a writer"


def test_f_04_a_link_put_there_after_the_look_is_not_followed(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("x")
    regular = path.lstat()
    path.unlink()
    path.symlink_to("/etc/passwd")
    monkeypatch.setattr(type(path), "lstat", lambda self: regular)
    with pytest.raises(OSError, match="symbolic links"):
        open_regular(path)


def test_f_04_empty_large_and_odd_files_are_refused_with_what_to_do(tmp_path, spool):
    for name, content, words in (
        ("a.csv", b"", "空文件"),
        ("a.csv", b"x" * 1_100_000, "at most 1 MiB"),
        ("a.xlsm", b"x", "请另存为 .xlsx"),
        ("a.xlsb", b"x", "请另存为 .xlsx"),
        ("a.et", b"x", "请另存为 .xlsx"),
        ("a", b"x", "no ending"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FileRefusedError, match=words):
            receive(tmp_path / name, spool, LIMITS)


def test_f_03_a_file_that_is_gone_or_closed_is_an_error_of_the_system(tmp_path, spool):
    with pytest.raises(FileNotFoundError):
        receive(tmp_path / "gone.csv", spool, LIMITS)


# --- F-16

ATTACKS = [
    "a/../../etc/passwd", "..\\..\\x.csv", "a\0b.csv", "a\nb: forged.csv", "a\r\x1b[31mred.csv",
    "=cmd|' /C calc'!A0.csv",
    "+1.csv", "-1.csv", "@x.csv", "a\u202egnp.csv", "a\u2066b\u2069.csv", "<script>alert(1)</script>.csv",
    '"><img src=x onerror=1>.csv', "a\udcff.csv", "\ufeffa.csv", "a\u200bb.csv", "a\u2028b.csv", "x" * 255,
    "报表" * 200,    "", "   ", "a`id`.csv", "a&b.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS, ids=range(len(ATTACKS)))
def test_f_16_a_label_is_plain_text(name):
    label = label_of(name)
    assert 0 < len(label) <= 120
    assert label.isprintable()
    assert not set(label) & set("<>/&\"'`")
    assert not label.startswith(("=", "+", "-", "@"))
    assert not any((0x200B <= ord(each) <= 0x206F and each != "…") or 0xD800 <= ord(each) <= 0xDFFF for each in label)
    label.encode("utf-8")


def test_f_16_two_names_that_look_alike_have_two_labels_and_plain_names_stay():
    assert label_of("a\u200bb.csv") != label_of("ab.csv")
    assert label_of("2024年1-2月 主要指标（快报）.xlsx") == "2024年1-2月 主要指标（快报）.xlsx"


@pytest.mark.parametrize("name", ["=cmd.csv", "a\nb.csv", "<script>.csv", "a\u202eb.csv", b"\xff\xfe.csv"], ids=repr)
def test_f_16_the_copy_has_a_random_name(name, tmp_path, spool):
    path = tmp_path / (os.fsdecode(name) if isinstance(name, bytes) else name)
    path.write_text("x")
    received = receive(path, spool, LIMITS)
    assert received.path.parent == spool
    assert len(received.path.stem) == 32
    assert received.path.suffix == ".csv"
    assert received.label == label_of(path.name)
    assert received.path.stat().st_mode & 0o777 == 0o600


def test_f_03_a_file_that_may_not_be_opened_is_taken_so_that_it_is_said(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("x")

    def closed(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("data.loaders.intake.os.open", closed)
    assert Settling(10.0, now=lambda: time.time() + 100).is_finished(path)
