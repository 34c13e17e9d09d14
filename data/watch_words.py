"""What the watching process says, in both languages."""

from __future__ import annotations

import logging
from typing import Literal, Protocol

LOG = logging.getLogger("onescreen.watch")
_WORDS: dict[Literal["zh", "en"], dict[str, str]] = {
    "zh": {
        "begins": "开始值守：{who}，每 {seconds} 秒巡视一次",
        "leads": "本进程为主调度（令牌 {token}）",
        "stands_by": "待命：主调度为 {holder}",
        "lost": "已失去主调度身份，转为待命；未完成的入库不会写入",
        "next": "{source}：下次 {moment}",
        "missed": "{source}：错过 {number} 次计划，补跑一次",
        "holidays": "{source}：{years} 年节假日安排尚未收录，仅避开周末；请更新 chinesecalendar",
        "clock": "系统时钟跳变 {seconds} 秒，重新排定计划",
        "drift": "数据库时钟与本机相差 {seconds:+d} 秒，请校准时钟（NTP）",
        "mistake": "数据源声明有误，沿用原声明：{error}",
        "away": "数据仓库暂不可用：{error}",
        "no_drop": "收件夹不可用：{folder}：{reason}",
        "strange": "收件夹中的 {folder}：没有这个数据源",
        "starts": "{source}：开始（{reason}）",
        "ended": "{source}：{outcome}，{seconds:.1f} 秒{error}",
        "busy": "{source}：另一进程正在入库，稍后再试",
        "timeout": "{source}：超过 {seconds:.0f} 秒，已终止",
        "ends": "结束值守",
    },
    "en": {
        "begins": "watching: {who}, looking around every {seconds} s",
        "leads": "this process leads (token {token})",
        "stands_by": "standing by: {holder} leads",
        "lost": "no longer leading, standing by; nothing unfinished will be stored",
        "next": "{source}: next at {moment}",
        "missed": "{source}: {number} planned runs were missed, one makes up for them",
        "holidays": "{source}: holidays of {years} are not known, only weekends are avoided; update chinesecalendar",
        "clock": "the clock jumped by {seconds} s, planning anew",
        "drift": "the database's clock is {seconds:+d} s from this machine's; set the clock right (NTP)",
        "mistake": "a declaration is wrong, the ones before stay: {error}",
        "away": "the warehouse is away: {error}",
        "no_drop": "the drop folder cannot be used: {folder}: {reason}",
        "strange": "drop folder {folder}: no source has this code",
        "starts": "{source}: begins ({reason})",
        "ended": "{source}: {outcome}, {seconds:.1f} s{error}",
        "busy": "{source}: another process is loading, trying again later",
        "timeout": "{source}: longer than {seconds:.0f} s, ended",
        "ends": "watching ends",
    },
}


class _HasSettings(Protocol):
    @property
    def settings(self) -> _HasLanguage:
        """Settings with a language."""


class _HasLanguage(Protocol):
    @property
    def language(self) -> Literal["zh", "en"]:
        """Zh or en."""


def say(speaker: _HasSettings, what: str, level: int = logging.INFO, **values: object) -> None:
    """Write one line to the log."""
    LOG.log(level, _WORDS[speaker.settings.language][what].format(**values))
