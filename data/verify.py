"""Check that the warehouse is whole: ``python -m data.verify`` (L-11).

First what hangs together (``data.integrity``), then the files put away in ``done`` against their names, then every
figure of a file that is kept against that file, read again (``data.rebuilding``; takes as long as loading them;
``--quick`` leaves it out). Nothing is changed, and a load that goes on meanwhile is waited for.

Exit codes: 0 all well; 1 something is wrong, each with place and words; 2 it could not be looked at; 4 another process
was loading all the time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from data.by_hand import BUSY, alone
from data.catalogue import CatalogueError, load_catalogue
from data.dialects import WarehouseUnavailableError
from data.fingerprints import file_sha256
from data.integrity import Problem, problems
from data.leases import LeaseBusyError, LeaseLostError
from data.loaders import SourceError
from data.loaders.drop_folder import DIGITS, DONE
from data.rebuilding import Rebuilt, compare_with_files
from data.settings import Settings, SettingsError, load_settings
from data.warehouse import Warehouse

WELL, WRONG, REFUSED = 0, 1, 2


def verify(settings: Settings, warehouse: Warehouse, *, quick: bool = False) -> Rebuilt:
    """Return everything that is wrong with a warehouse, and what could not be compared."""
    with warehouse.connected() as connection:
        found = list(problems(connection))
    found += _changed_files(settings)
    result = Rebuilt() if quick else compare_with_files(settings, warehouse, load_catalogue(settings.catalogue))
    result.problems[:0] = found
    return result


def _changed_files(settings: Settings) -> Iterator[Problem]:
    """Find files put away whose content is not what their name says, which is the beginning of its SHA-256."""
    if settings.drop_folder is None or not settings.drop_folder.is_dir():
        return
    for path in sorted(settings.drop_folder.glob(f"*/{DONE}/*")):
        if path.is_file() and not path.is_symlink() and not file_sha256(path).startswith(path.name[:DIGITS]):
            yield Problem("kept", str(path.relative_to(settings.drop_folder)), "its content was changed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.verify", description="check that the warehouse is whole")
    parser.add_argument("--quick", action="store_true", help="do not read the files again")
    asked = parser.parse_args(arguments)
    try:
        settings = load_settings()
        with alone(settings) as warehouse:
            result = verify(settings, warehouse, quick=asked.quick)
    except LeaseBusyError as error:
        sys.stderr.write(f"{error}\n")
        return BUSY
    except (SettingsError, WarehouseUnavailableError, LeaseLostError, CatalogueError, SourceError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    sys.stdout.write("".join(f"{each}\n" for each in result.problems))
    sys.stdout.write("".join(f"未比对 / not compared: {each}\n" for each in result.left_out))
    sys.stdout.write(_conclusion(result, quick=asked.quick))
    return WRONG if result.problems else WELL


def _conclusion(result: Rebuilt, *, quick: bool) -> str:
    compared = "" if quick else f"；与源文件比对 / compared with their files：{result.compared}"
    return f"发现问题 / problems found：{len(result.problems)}{compared}\n"


if __name__ == "__main__":
    sys.exit(main())
