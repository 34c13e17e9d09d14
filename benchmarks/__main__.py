"""Run all benchmarks and print one table: first fill, start, page, callbacks beside their SQL, memory, bulk loads.

``python -m benchmarks screen`` measures only the screen beside the plain app.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.bulk import bulk_loads, sizes_asked_for
from benchmarks.callbacks import panel_callbacks
from benchmarks.fill import first_fill
from benchmarks.page import cold_and_warm_page
from benchmarks.report import Line, print_report
from benchmarks.screen import screen_beside_plain
from data.settings import Settings


def main() -> int:
    """Measure on a scratch warehouse; return 1 if a target is missed."""
    sizes = sizes_asked_for()
    for name in [name for name in os.environ if name.startswith("ONESCREEN_")]:
        del os.environ[name]
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(warehouse=f"sqlite:///{Path(folder) / 'onescreen.db'}")
        lines += first_fill(settings)
        if sys.argv[1:] == ["screen"]:
            return print_report(lines + screen_beside_plain(settings, Path(folder)))
        lines += cold_and_warm_page(settings, Path(folder) / "server.log")
        lines += panel_callbacks(settings)
        lines += screen_beside_plain(settings, Path(folder))
    lines += bulk_loads(sizes)
    return print_report(lines)


if __name__ == "__main__":
    sys.exit(main())
