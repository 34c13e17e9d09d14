"""A first declaration for an unknown file: ``python -m data.draft FILE > data/sources/CODE.toml``.

Reads the file in the cage, looks for its sheet, header rows, unit, periods and the names the catalogue knows, and
prints a declaration in which everything a person must decide is marked TODO with the reason.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data.catalogue import CatalogueError, load_catalogue
from data.loaders import FileRefusedError, SourceError
from data.loaders.drafting import draft_source, parse_draft
from data.loaders.intake import label_of
from data.loaders.isolation import Isolation
from data.loaders.limits import DEFAULT_LIMITS
from data.settings import SettingsError, load_settings


def draft(path: Path, code: str, isolation: Isolation, today: date) -> str:
    """Return the text of a first declaration; a file that cannot be read raises ``FileRefusedError``.

    ``isolation`` reads with ``parse_draft``.
    """
    return isolation.parse(draft_source(code, today, DEFAULT_LIMITS), path, label_of(path.name)).notes[0]


def code_of(path: Path) -> str:
    """Return a source code made from the file name."""
    code = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return (code if code[:1].isalpha() else f"source_{code}".strip("_"))[:64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.draft", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the workbook or CSV")
    parser.add_argument("--code", help="code of the source; by default made from the file name")
    parser.add_argument("--catalogue", type=Path, help="another catalogue than that of the settings")
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        catalogue = load_catalogue(chosen.catalogue or settings.catalogue)
        with Isolation(catalogue, parse_draft) as isolation:
            text = draft(chosen.file, chosen.code or code_of(chosen.file), isolation, settings.current_day())
    except (SettingsError, CatalogueError, SourceError, FileRefusedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
