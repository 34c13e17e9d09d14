"""F-20: the drop folder lies on a network drive that hangs, goes away and comes back.

The drive that hangs is real to the kernel: a FUSE file system whose daemon never answers.
"""

from __future__ import annotations

import ctypes
import os
import time

import pytest

from data.loaders.reachable import HANGS, UNUSABLE, Outpost
from data.refresh import refresh
from data.settings import Settings
from data.warehouse import open_warehouse
from data.watch_drops import Drops
from tests.data.test_refresh import small_settings
from tests.faults.asking import wait_for

NO_SUID_NO_DEVICES, DETACHED = 6, 2


class SilentDrive:
    """A mounted file system nobody answers for, until ``end``: then every question fails."""

    def __init__(self, folder) -> None:
        self.folder, self._library = folder, ctypes.CDLL(None, use_errno=True)
        folder.mkdir()
        self._device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0".encode()
        failed = self._library.mount(b"silent", bytes(folder), b"fuse", NO_SUID_NO_DEVICES, options)
        if failed:
            os.close(self._device)
            raise OSError(ctypes.get_errno(), "mount")

    def end(self) -> None:
        """Let the drive go away: who waits for it is told so."""
        if self._device >= 0:
            os.close(self._device)
            self._device = -1

    def unmount(self) -> None:
        self.end()
        self._library.umount2(bytes(self.folder), DETACHED)


@pytest.fixture
def drive(tmp_path):
    try:
        mounted = SilentDrive(tmp_path / "drive")
    except OSError as error:
        pytest.skip(f"NOT TESTED: a drive that hangs needs root and /dev/fuse ({error})")
    yield mounted
    mounted.unmount()


def test_f_20_a_look_at_a_drive_that_hangs_has_an_end_and_is_not_repeated(drive):
    outpost = Outpost(limit_s=2)
    began = time.monotonic()
    assert all(outpost.hangs(drive.folder) for _ in range(20))
    assert time.monotonic() - began < 20, "one look of two seconds, not twenty"
    drive.unmount()
    wait_for(lambda: not outpost.hangs(drive.folder), 60, "the next look, at the folder under it")


def test_f_20_the_schedule_leaves_a_drive_that_hangs_alone_and_takes_it_up_again(drive):
    drops = Drops(Settings(drop_folder=drive.folder), outpost=Outpost(limit_s=0.5))
    assert drops.look() == HANGS
    assert drops.folder is None
    assert drops.arrived([]) == []
    drive.end()
    wait_for(lambda: drops.look() != HANGS, 20, "an answer")
    assert drops.look() == UNUSABLE, "every question to a drive that has gone fails"
    drive.unmount()
    wait_for(lambda: drops.look() == "", 20, "an answer of the folder under it")
    assert drops.folder is not None


@pytest.mark.sqlite
def test_f_20_a_refresh_says_that_the_drive_hangs_and_loads_everything_else(drive, tmp_path, monkeypatch):
    settings = small_settings(tmp_path, "world_bank_gdp", drop_folder=drive.folder, simulated=False)
    summary = refresh(settings)
    assert [report.state for report in summary.reports] == ["done"]
    assert [each for each in summary.failed if "无应答" in each and "does not answer" in each]
    drive.unmount()
    opened = open_warehouse(settings.warehouse)
    version = opened.data_version()
    assert not refresh(settings).failed, "it is back, and empty: nothing is taken for deleted"
    assert opened.data_version() == version
    opened.dispose()
