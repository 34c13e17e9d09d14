"""The checks before anything is stored: whether a file is what it says, in the unit it says, and whole.

``examine(batch, sha256)`` runs every check the source has not switched off and returns what they found;
``verdict(findings)`` says what becomes of the file. Which check means what is declared per source
(``data.check_settings``); what to do about a finding stands in ``data.findings``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from data import check_columns, check_comparisons, check_rules
from data.check_batch import Batch
from data.check_settings import Checks
from data.findings import Finding, Severity, worst

Rule = Callable[[Batch], Iterator[Finding]]
RULES: Mapping[str, Rule] = {
    "codes": check_rules.codes,
    "conflict": check_rules.conflict,
    "future": check_rules.future,
    "rejected": check_rules.rejected,
    "shrink": check_rules.shrink,
    "range": check_rules.within_bounds,
    "unit_jump": check_comparisons.unit_jump,
    "totals": check_comparisons.totals,
    "columns": check_columns.columns,
    "falling": check_comparisons.falling,
    "growth": check_comparisons.growth,
}
KEPT = 100  # findings of one check that are kept: who has a hundred knows


def examine(batch: Batch, sha256: str = "") -> list[Finding]:
    """Return what the checks found and nobody has accepted, at most ``KEPT`` of each check."""
    kept = Kept(batch.settings, sha256)
    for check, rule in RULES.items():
        if batch.settings.severity_of(check) != "off":
            kept.add(check, rule(batch))
    return kept.findings()


class Kept:
    """The findings of each check that nobody has accepted: the first of each severity, however many there are."""

    def __init__(self, settings: Checks, sha256: str) -> None:
        self._accepted, self._sha256 = settings.accept, sha256
        self._kept: dict[str, dict[Severity, list[Finding]]] = {check: {} for check in RULES}

    def add(self, check: str, found: Iterable[Finding]) -> None:
        """Keep what a check found, after what it found before."""
        for each in found:
            listed = self._kept[check].setdefault(each.severity, [])
            if len(listed) < KEPT and each.severity != "off" and not self._is_accepted(each):
                listed.append(each)

    def _is_accepted(self, finding: Finding) -> bool:
        return any(one.covers(finding, self._sha256) for one in self._accepted)

    def findings(self) -> list[Finding]:
        """Return the gravest of every check first, so that many warnings do not crowd out the one that counts."""
        order: tuple[Severity, ...] = ("refuse", "quarantine", "warn")
        listed: list[Finding] = []
        for kept in self._kept.values():
            listed += islice((each for severity in order for each in kept.get(severity, ())), KEPT)
        return listed


def verdict(findings: Sequence[Finding]) -> Severity:
    """Return what becomes of the file: held back on ``refuse`` and ``quarantine``, stored on ``warn`` and ``off``."""
    return worst(findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return the ledger's line about a file that was held back: the gravest finding and how many there are."""
    gravest = worst(findings)
    first = next(each for each in findings if each.severity == gravest)
    place = f"{first.place}: " if first.place else ""
    return f"{gravest} ({first.check}, {len(findings)} findings): {place}{first.reason_zh} / {first.reason_en}"
