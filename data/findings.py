"""What the checks say about a file: the check, how serious it is, where, what stood there, why, and what to do.

A finding goes into the ledger with the load it is about, whether the load was stored (``warn``) or held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["off", "warn", "quarantine", "refuse"]
ORDER: tuple[Severity, ...] = ("off", "warn", "quarantine", "refuse")

# What a data steward can do about each: the Chinese and the English text.
REMEDIES: dict[str, tuple[str, str]] = {
    "unreadable": (
        "请按提示更换文件；若文件版式确有变化，请修改该数据源的声明。",
        "Replace the file as said; if its layout did change, change the declaration of the source.",
    ),
    "cell": (
        "请在原文件中更正该单元格，或在数据源声明的 missing 中写明该符号表示缺失。",
        "Correct the cell in the file, or declare the sign under `missing` in the source.",
    ),
    "sensitive": (
        "请删除个人信息或企业明细后重新提交；若该数据源获准包含，请在声明的 table.allows 中写明。",
        "Remove the personal data or the rows of enterprises; if the feed may hold them, declare it in table.allows.",
    ),
    "codes": (
        "请在目录的代码表中增加该代码，或更正数据源声明中的对应关系。",
        "Add the code to the catalogue's list, or correct the mapping in the source.",
    ),
    "conflict": (
        "请在原文件中只保留一个正确的数值。",
        "Leave only the right value in the file.",
    ),
    "future": (
        "请核对数据期；预测值须在声明中标为 F。",
        "Check the period; a forecast needs status F in the declaration.",
    ),
    "rejected": (
        "多数单元格无法读取，版式可能已变；请用预览核对声明。",
        "Too many cells cannot be read, the layout may have changed; compare the declaration with the file.",
    ),
    "shrink": (
        "请核对文件是否完整；若确实减少，请在 checks.accept 中写明理由后重新入库。",
        "Check that the file is whole; if it did shrink, accept it under checks.accept with the reason.",
    ),
    "range": (
        "请核对数值和单位；若确有其事，请调整 checks.range 的界限或在 checks.accept 中写明理由。",
        "Check value and unit; if it is true, change the bounds in checks.range or accept it with the reason.",
    ),
    "unit_jump": (
        "疑似单位变化：请核对表头和附注的单位，修改声明中的 factor；若数值确实如此，请在 checks.accept 中写明理由。",
        "The unit may have changed: check header and notes and correct `factor`; if the figure is true, accept it "
        "under checks.accept with the reason.",
    ),
    "totals": (
        "请核对分项与合计；若口径不同，请在 checks.accept 中写明理由或调整 totals_slack。",
        "Check the parts and the total; if their scope differs, accept it with the reason or declare totals_slack.",
    ),
    "columns": (
        "当期与累计不符：请核对两列的表头与声明；若口径确实不同，请在 checks.accept 中写明理由。",
        "Period and year to date do not go together: check both headers and the declaration; if their scope differs, "
        "accept it under checks.accept with the reason.",
    ),
    "falling": (
        "累计值低于上期累计：请核对；若该指标可以下降，请在目录中声明 may_fall。",
        "The year to date fell: check it; if the indicator may fall, declare may_fall in the catalogue.",
    ),
    "correction": (
        "请核对该更正条目：发布方已改动该数值；若已更正，请删除条目，否则请改写 expected 和 value。",
        "Check the entry under corrections: the publisher changed the figure. If it is right now, remove the entry; "
        "otherwise change `expected` and `value`.",
    ),
    "clock": (
        "请校准服务器时钟（启用 NTP）；到期与时效按时钟判断，入库顺序不受影响。",
        "Set the clock of the server right (NTP); what is due and late goes by it, the order of loads does not.",
    ),
    "growth": (
        "公布增速与总量推算相差较大：请核对数值、单位和口径。",
        "The published growth is far from that of the levels: check value, unit and scope.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found; ``check`` is a key of ``REMEDIES``.

    ``indicator`` and ``period`` (as ``data.gathering.period_text`` writes it) are empty where it is about the file.
    """

    check: str
    severity: Severity
    place: str
    raw: str
    reason_zh: str
    reason_en: str
    indicator: str = ""
    period: str = ""

    @property
    def remedy_zh(self) -> str:
        """What to do about it, in Chinese."""
        return REMEDIES[self.check][0]

    @property
    def remedy_en(self) -> str:
        """What to do about it, in English."""
        return REMEDIES[self.check][1]


def worst(findings: Sequence[Finding]) -> Severity:
    """Return the gravest severity among findings; ``off`` if there are none."""
    return max((each.severity for each in findings), key=ORDER.index, default="off")
