"""The command line of ``python -m data.refresh``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from data.by_hand import BUSY, waiting_words
from data.catalogue import CatalogueError
from data.dialects import WarehouseUnavailableError
from data.leases import LeaseBusyError, LeaseLostError
from data.loaders import SourceError
from data.migrations import UnknownSchemaError
from data.refresh import PATIENCE_S, refresh
from data.refresh_plan import Wish
from data.refresh_report import print_refusal, print_summary, progress_bar
from data.runs import Reason
from data.settings import Settings, SettingsError, load_settings

DONE, SOME_REFUSED, NOTHING_LOADED = 0, 1, 2
STOPPED = 128 + signal.SIGTERM
SHORT_PATIENCE_S = 5.0  # of a run the scheduler started: it comes again
REFUSALS = (SettingsError, CatalogueError, SourceError, UnknownSchemaError, WarehouseUnavailableError, LeaseLostError)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.refresh", description="Load what is due.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--watch", action="store_true", help="stay, and keep to the schedules and the drop folder")
    what.add_argument("--all", action="store_true", help="ask every service and database, also if it is not due")
    what.add_argument("--source", action="append", metavar="CODE", help="only this source, also if it is not due")
    # What the scheduler says to the runs it starts.
    parser.add_argument("--because", choices=[each.value for each in Reason], help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run from the command line, with a progress bar on standard error."""
    asked = arguments(given)
    try:
        settings = load_settings()
        if asked.watch:
            # Only here: a scheduler has no place in any other process.
            from data.watch import watch

            return watch(settings)
        return once(settings, asked)
    except LeaseBusyError as error:
        print_refusal(error)
        return BUSY
    except REFUSALS as error:
        print_refusal(error)
        return NOTHING_LOADED


def once(settings: Settings, asked: argparse.Namespace) -> int:
    """Do what is due once, and say what was done."""
    signal.signal(signal.SIGTERM, _stop)
    if asked.because:
        threading.Thread(target=_end_with_the_scheduler, daemon=True).start()
    reason = Reason(asked.because) if asked.because else Reason.MANUAL
    wish = Wish(frozenset(asked.source) if asked.source else None, force=asked.all, reason=reason)
    patience_s = SHORT_PATIENCE_S if asked.because else PATIENCE_S
    try:
        with progress_bar() as on_step:
            summary = refresh(settings, on_step, wish, lambda holder: _say_waiting(holder, settings), patience_s)
    except SQLAlchemyError as error:
        if not asked.because:
            raise
        print_refusal(error)  # the scheduler needs the reason, not where in the program it was found
        return NOTHING_LOADED
    print_summary(summary, settings.language)
    return SOME_REFUSED if summary.failed else DONE


def _stop(_number: int, _frame: object) -> NoReturn:
    """End in order: the transaction is rolled back, the run noted, the lease given back."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(STOPPED)


def _end_with_the_scheduler() -> None:
    """End when the process that started this one is gone: its end of the pipe closes."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _say_waiting(holder: str, settings: Settings) -> None:
    text = waiting_words(holder, settings.language)
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(text)
