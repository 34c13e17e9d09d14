"""What a person looked at and found true: findings of a file that was held back, approved with a reason.

An approval is about one file (its SHA-256) and one check, and stays in the warehouse: the same file, read again by a
newer program, is not held back for the same again. What is refused for good cannot be approved.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import insert, select

from data import schema
from data.check_settings import Accepted
from data.findings import REMEDIES
from data.loaders.source import Source
from data.warehouse import Warehouse

SMALLEST_REASON = 4


class ApprovalError(ValueError):
    """A load cannot be approved; the text says why."""


class Approval(NamedTuple):
    """One approved check of a file."""

    check_code: str
    reason: str
    author: str

    @property
    def note(self) -> str:
        """What the ledger says about it."""
        return f"approved {self.check_code}: {self.reason} ({self.author})"


def approve(warehouse: Warehouse, load_id: int, reason: str, author: str) -> list[Approval]:
    """Approve what held a load back; doing so again changes nothing. Raises ``ApprovalError``."""
    if len(reason.strip()) < SMALLEST_REASON:
        raise ApprovalError("say why the file is right as it is, in words that are understood in a year")
    source, sha256, checks = _held_back_by(warehouse, load_id)
    known = {each.check_code for each in approvals(warehouse, source, sha256)}
    with warehouse.changing() as (connection, now):
        rows = [
            {
                "source_code": source,
                "sha256": sha256,
                "check_code": check,
                "load_id": load_id,
                "reason": reason.strip(),
                "author": author,
                "approved_at": now,
            }
            for check in sorted(checks - known)
        ]
        if rows:
            connection.execute(insert(schema.approval), rows)
    return approvals(warehouse, source, sha256)


def _held_back_by(warehouse: Warehouse, load_id: int) -> tuple[str, str, set[str]]:
    ledger, finding = schema.load.c, schema.finding.c
    with warehouse.connected() as connection:
        statement = select(ledger.source_code, ledger.sha256, ledger.state).where(ledger.load_id == load_id)
        row = connection.execute(statement).first()
        found = connection.execute(
            select(finding.check_code, finding.severity).where(finding.load_id == load_id).distinct()
        ).all()
    if row is None:
        raise ApprovalError(f"there is no load {load_id}; python -m data.ledger lists them")
    if row.state != "quarantined" or not row.sha256:
        raise ApprovalError(f"load {load_id} is {row.state}; only what is quarantined can be approved")
    refused = sorted(each.check_code for each in found if each.severity == "refuse" or each.check_code not in REMEDIES)
    if refused:
        raise ApprovalError(f"load {load_id} is refused for good by {', '.join(refused)}; that cannot be approved")
    return row.source_code, row.sha256, {each.check_code for each in found if each.severity == "quarantine"}


def approvals(warehouse: Warehouse, source: str, sha256: str) -> list[Approval]:
    """Return what was approved of a file."""
    table = schema.approval.c
    statement = select(table.check_code, table.reason, table.author).where(
        table.source_code == source, table.sha256 == sha256
    )
    with warehouse.connected() as connection:
        return [Approval._make(row) for row in connection.execute(statement.order_by(table.check_code))]


def accepting(source: Source, given: list[Approval], sha256: str) -> Source:
    """Return the source with the approvals of one file among the findings it accepts."""
    if not given:
        return source
    accepted = tuple(Accepted(check=each.check_code, reason=each.reason, sha256=sha256) for each in given)
    checks = source.checks.model_copy(update={"accept": (*source.checks.accept, *accepted)})
    return source.model_copy(update={"checks": checks})
