"""The report beside a file that was held back: what, where, why and what to do, in Chinese and English."""

from __future__ import annotations

from sqlalchemy import select

from data import schema
from data.facts import LoadReport
from data.findings import REMEDIES
from data.loaders.source import Source
from data.warehouse import Warehouse

SHOWN = 50
RAW_CHARACTERS = 200
_STATES = {"quarantined": "隔离待核 / quarantined", "failed": "拒收 / refused"}


def report_text(report: LoadReport, source: Source, warehouse: Warehouse | None) -> str:
    """Return the report of a load that was not stored; ``warehouse`` gives the findings if there are any."""
    lines = [
        "OneScreen 文件隔离报告 / quarantine report",
        "",
        f"文件 / file：{report.file_name}",
        f"数据源 / source：{source.code} {source.title_zh} / {source.title_en}",
        f"结果 / result：{_STATES.get(report.state, report.state)}；未入库任何数据 / nothing of it was stored",
        f"原因 / reason：{_plain(report.error)}",
    ]
    findings = _finding_lines(report, warehouse) if warehouse is not None else []
    remedy = REMEDIES["unreadable"]
    lines += findings or [f"处理 / remedy：{remedy[0]} {remedy[1]}"]
    lines += _reject_lines(report, warehouse) if warehouse is not None else []
    return "\n".join(lines) + "\n"


def _finding_lines(report: LoadReport, warehouse: Warehouse) -> list[str]:
    table = schema.finding
    statement = select(table).where(table.c.load_id == report.load_id).order_by(table.c.finding_number).limit(SHOWN)
    lines: list[str] = []
    with warehouse.connected() as connection:
        for row in connection.execute(statement):
            lines += [
                "",
                f"{row.finding_number}. [{row.severity} · {row.check_code}] 位置 / place：{_plain(row.place) or '—'}",
                f"   原文 / text：{_plain(row.raw) or '—'}",
                f"   原因 / reason：{_plain(row.reason_zh)}",
                f"   {_plain(row.reason_en)}",
                f"   处理 / remedy：{row.remedy_zh} {row.remedy_en}",
            ]
    return lines


def _reject_lines(report: LoadReport, warehouse: Warehouse) -> list[str]:
    table = schema.rejected_row
    statement = select(table).where(table.c.load_id == report.load_id).order_by(table.c.reject_number).limit(SHOWN)
    with warehouse.connected() as connection:
        rows = list(connection.execute(statement))
    heading = ["", "无法读取的单元格 / cells that cannot be read："] if rows else []
    return heading + [f"   {_plain(row.place)}：{_plain(row.raw)}（{_plain(row.reason)}）" for row in rows]


def _plain(text: str) -> str:
    """Return a text of the file with nothing in it that moves a cursor or turns the direction of writing."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)[: RAW_CHARACTERS * 5]
