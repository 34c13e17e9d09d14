"""What an error of the database means: away, busy, full, damaged or too slow; and whether waiting can help.

The words say what to do, in Chinese and English, and hold no address, statement or value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


@dataclass(frozen=True)
class Outage:
    """One way a database fails. A ``passing`` one may be over in a moment."""

    code: str
    zh: str
    en: str
    passing: bool = False

    @property
    def words(self) -> str:
        """Both languages in one line."""
        return f"{self.en} / {self.zh}"


AWAY = Outage(
    "away", "数据库没有应答（未启动、重启中或网络中断）：请检查后重试",
    "the warehouse does not answer (not started, restarting or cut off); look after it and run this again",
    passing=True,
)  # fmt: skip
CROWDED = Outage(
    "busy", "数据库连接已用尽：请稍后重试", "all connections to the warehouse are taken; try again in a moment",
    passing=True,
)  # fmt: skip
LOCKED = Outage(
    "locked", "数据仓库被其他程序占用：请关闭打开它的程序（如数据库浏览器）后重试",
    "another program keeps the warehouse occupied; close it (a database browser, say) and run this again",
)  # fmt: skip
FULL = Outage(
    "full", "磁盘已满，本次写入已全部回退：请腾出空间后重试",
    "the disk of the warehouse is full, nothing of this was stored; make room and run this again",
)  # fmt: skip
UNWRITABLE = Outage(
    "unwritable", "数据仓库不可写：请检查文件权限与磁盘",
    "the warehouse cannot be written or its disk fails; look at its permissions and its disk",
)  # fmt: skip
DAMAGED = Outage(
    "damaged",
    "数据仓库文件已损坏：停止所有程序，把文件及 -wal、-shm 移到别处保存，恢复备份，"
    "或运行 python -m data.refresh 由源文件重建（手工投放的文件需从 done/ 再次投放）",
    "the warehouse file is damaged: stop all programs, move the file with its -wal and -shm aside, then restore a "
    "backup, or fill a new one from the files with: python -m data.refresh (drop the files in done/ again)",
)  # fmt: skip
SLOW = Outage("slow", "查询超时，已中断", "the question took too long and was ended")

# PostgreSQL tells by the class of SQLSTATE or by the whole of it, SQLite by the name of its primary result code.
_OF_STATE: Mapping[str, Outage] = {
    "08": AWAY, "57P": AWAY, "53300": CROWDED, "55P03": LOCKED, "53100": FULL, "XX001": DAMAGED, "XX002": DAMAGED,
    "57014": SLOW, "25006": UNWRITABLE,
}  # fmt: skip
_OF_RESULT: Mapping[str, Outage] = {
    "SQLITE_BUSY": LOCKED, "SQLITE_LOCKED": LOCKED, "SQLITE_FULL": FULL, "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED, "SQLITE_INTERRUPT": SLOW, "SQLITE_IOERR": UNWRITABLE, "SQLITE_READONLY": UNWRITABLE,
}  # fmt: skip


def outage_of(error: BaseException) -> Outage | None:
    """Return what an error means; ``None`` if it is no outage but a mistake in a statement or its values."""
    if isinstance(error, PoolTimeoutError):
        return CROWDED
    cause = error.orig if isinstance(error, DBAPIError) else error  # a bulk path may speak to the driver itself
    state = getattr(cause, "sqlstate", None)
    if state:
        return _first(_OF_STATE, state)
    result = getattr(cause, "sqlite_errorname", None)
    if result:
        return _first(_OF_RESULT, result)
    if not isinstance(error, DBAPIError):
        return None
    # Without a state nothing came back: the connection was refused, or broke off.
    is_cut = error.connection_invalidated or type(error.orig).__name__ == "OperationalError"
    return AWAY if is_cut and error.orig is not None else None


def _first(known: Mapping[str, Outage], found: str) -> Outage | None:
    return next((outage for start, outage in known.items() if found.startswith(start)), None)
