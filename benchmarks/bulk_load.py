"""Load one file in a process of its own: ``python -m benchmarks.bulk_load URL SOURCES FILE DAY``."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path

from data.catalogue import load_catalogue
from data.fingerprints import file_sha256, fingerprint
from data.loaders import load_sources
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, run
from data.settings import ROOT
from data.warehouse import open_warehouse


def main(url: str, sources: str, path: str, day: str) -> None:
    """Load and print what became of it."""
    catalogue = load_catalogue(ROOT / "data" / "catalogue")
    source = load_sources(Path(sources))[0]
    vintage = date.fromisoformat(day)
    source = source.model_copy(update={"vintage": vintage})
    warehouse = open_warehouse(url)
    texts = {name: getattr(source, name) for name in ("title_zh", "title_en", "publisher_zh", "publisher_en")}
    warehouse.register_source(source.code, simulated=False, licence=source.licence, page=source.page, **texts)
    with Isolation(catalogue) as isolation:
        isolation.start()
        began = time.perf_counter()
        # The day is part of how it is read, so that the same file is looked at again and not just recognised.
        fetched = Fetched(source, Path(path), file_sha256(Path(path)), fingerprint([day]))
        report = run(fetched, catalogue, warehouse, isolation=isolation, today=vintage)
        seconds = time.perf_counter() - began
    spent = os.times()
    cpu = {"cpu_loader": spent.user + spent.system, "cpu_reader": spent.children_user + spent.children_system}
    warehouse.settle()
    warehouse.dispose()
    print(json.dumps({"state": report.state, "error": report.error, "seconds": seconds, **cpu, **report.counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
