"""The six invariants of the reliability goals (section 7.3), checked on the history of a run and on its end.

1. What was acknowledged is there in the end. 2. Every read shows whole loads. 3. For no reader does the data version go
back. 4. The figure shown is that of the highest vintage stored. 5. What the ledger says stays: loads are only added,
their fingerprints never change. 6. No file is stored twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.chaos.actors import ROWS

Line = dict[str, Any]


def read_history(folder: Path) -> list[Line]:
    """Return all lines in the order of time; the last of a killed actor may be cut."""
    lines: list[Line] = []
    for path in sorted(folder.glob("*.jsonl")):
        for text in path.read_text().splitlines():
            try:
                lines.append(json.loads(text))
            except json.JSONDecodeError:
                continue
    return sorted(lines, key=lambda line: float(line["t"]))


def violations(lines: list[Line], final: Line) -> list[str]:
    """Return what does not hold; ``final`` is a read after everything ended."""
    found = [*_acknowledged(lines, final), *_stored_twice(final)]
    reads: dict[str, Line] = {}
    for line in [line for line in lines if line["op"] == "read"] + [{"actor": "the end", **final}]:
        found += _one_read(line)
        before = reads.get(line["actor"])
        if before is not None:
            found += _against(before, line)
        reads[line["actor"]] = line
    return found


def _acknowledged(lines: list[Line], final: Line) -> Iterator[str]:
    stored = {name for _, name in final["ledger"].values()}
    for line in lines:
        if line["op"] == "loaded" and line["state"] in ("done", "unchanged") and f"{line['number']}.csv" not in stored:
            yield f"1: {line['actor']} was told that edition {line['number']} is stored, and it is not"
        if line["op"] == "loaded" and line["state"] not in ("done", "unchanged"):
            yield f"1: {line['actor']} was told {line['state']} for a good file"


def _one_read(line: Line) -> Iterator[str]:
    editions, shown = len(line["ledger"]), line["shown"]
    if len(shown) > 1 or sum(count for _, _, count in shown) not in (0, ROWS):
        yield f"2: {line['actor']} saw half a load: {shown}"
    if line["history"] + sum(count for _, _, count in shown) != editions * ROWS:
        yield f"2: {line['actor']} saw {editions} loads in the ledger and {line['history']} rows of history"
    if line["unended"]:
        yield f"2: {line['actor']} saw a load that is still running"
    if editions and shown:
        highest = max(float(name.split(".")[0].split()[0]) for _, name in line["ledger"].values())
        if {value for value, _, _ in shown} != {highest}:
            yield f"4: {line['actor']} saw {shown[0][0]} although {highest} was stored"
        if any(value != vintage for value, vintage, _ in shown):
            yield f"4: {line['actor']} saw a value with another one's vintage: {shown}"


def _against(before: Line, after: Line) -> Iterator[str]:
    if after["version"] < before["version"]:
        yield f"3: for {after['actor']} the version went from {before['version']} back to {after['version']}"
    for load_id, told in before["ledger"].items():
        if after["ledger"].get(load_id) != told:
            yield f"5: for {after['actor']} load {load_id} is no longer what it was"


def _stored_twice(final: Line) -> Iterator[str]:
    for sha256, times in Counter(sha256 for sha256, _ in final["ledger"].values()).items():
        if times > 1:
            yield f"6: the file {sha256[:12]} is stored {times} times"
