"""How a measurement is printed, and whether it keeps its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measured figure; ``most`` is its target, if it has one."""

    name: str
    value: float
    unit: str
    most: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether a target exists and was not kept."""
        return self.most is not None and self.value > self.most


def print_report(lines: list[Line]) -> int:
    """Print all lines; return 1 if a target was missed, else 0."""
    width = max(len(line.name) for line in lines)
    for line in lines:
        target = "" if line.most is None else f"target ≤ {line.most:g} {line.unit}"
        verdict = "" if line.most is None else ("MISSED" if line.missed else "kept")
        print(f"{line.name:<{width}}  {line.value:>10.2f} {line.unit:<4} {target:<22} {verdict:<7} {line.note}")
    return int(any(line.missed for line in lines))
