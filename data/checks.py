"""The checks before anything is stored: whether a file is what it says, in the unit it says, and whole.

``examine(batch, sha256)`` runs every check the source has not switched off and returns what they found;
``verdict(findings)`` says what becomes of the file. Which check means what is declared per source
(``data.check_settings``); what to do about a finding stands in ``data.findings``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from data import check_comparisons, check_rules
from data.check_batch import Batch
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
    "falling": check_comparisons.falling,
    "growth": check_comparisons.growth,
}
KEPT = 100  # findings of one check that are kept: who has a hundred knows


def examine(batch: Batch, sha256: str = "") -> list[Finding]:
    """Return what the checks found and nobody has accepted, at most ``KEPT`` of each check."""
    accepted = batch.settings.accept
    findings: list[Finding] = []
    for check, rule in RULES.items():
        if batch.settings.severity_of(check) == "off":
            continue
        found = (
            each
            for each in rule(batch)
            if each.severity != "off" and not any(one.covers(each, sha256) for one in accepted)
        )
        findings += _gravest_first(found)
    return findings


def _gravest_first(found: Iterator[Finding]) -> list[Finding]:
    """Keep the first of each severity, so that many warnings do not crowd out the one that counts."""
    kept: dict[Severity, list[Finding]] = {}
    for each in found:
        listed = kept.setdefault(each.severity, [])
        if len(listed) < KEPT:
            listed.append(each)
    order: tuple[Severity, ...] = ("refuse", "quarantine", "warn")
    return list(islice((each for severity in order for each in kept.get(severity, ())), KEPT))


def verdict(findings: Sequence[Finding]) -> Severity:
    """Return what becomes of the file: held back on ``refuse`` and ``quarantine``, stored on ``warn`` and ``off``."""
    return worst(findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return the ledger's line about a file that was held back: the gravest finding and how many there are."""
    gravest = worst(findings)
    first = next(each for each in findings if each.severity == gravest)
    place = f"{first.place}: " if first.place else ""
    return f"{gravest} ({first.check}, {len(findings)} findings): {place}{first.reason_zh} / {first.reason_en}"
