"""Every reason this application refuses a request or gives up on one, with its status and its text (zh, en).

A refusal is quiet: it answers ``{"code": …, "message": …}`` (a page for a reader's own navigation) and leaves no
traceback in the log, because anybody can provoke it at will.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """HTTP status and the words of one reason."""

    status: int
    zh: str
    en: str


REASONS: dict[str, Reason] = {
    "bad_request": Reason(400, "请求无法识别。", "The request cannot be read."),
    "bad_host": Reason(400, "不接受这个主机名。", "This host name is not accepted."),
    "bad_payload": Reason(400, "回调请求的格式不符。", "The callback request does not have the expected form."),
    "bad_selection": Reason(400, "筛选条件无效。", "The selection is not valid."),
    "foreign_origin": Reason(403, "不接受来自其他站点的请求。", "Requests from other sites are not accepted."),
    "not_found": Reason(404, "没有这个页面。", "There is no such page."),
    "method_not_allowed": Reason(405, "不支持这种请求方法。", "This request method is not supported."),
    "body_too_large": Reason(413, "请求内容过大。", "The request body is too large."),
    "not_json": Reason(415, "只接受 JSON 请求。", "Only JSON requests are accepted."),
    "internal_error": Reason(
        500, "服务器出错，请把编号告诉管理员。", "Server error. Please give the id to the administrator."
    ),
    "warehouse_away": Reason(503, "数据仓库暂时无法读取。", "The warehouse cannot be read at the moment."),
    "warehouse_busy": Reason(503, "访问过多，请稍后再试。", "Too many questions at once. Please try again soon."),
    "warehouse_slow": Reason(503, "查询超时，已中断。", "The question took too long and was ended."),
    "warehouse_damaged": Reason(
        503,
        "数据仓库文件已损坏，请告诉管理员恢复备份。",
        "The warehouse file is damaged. Please tell the administrator to restore a backup.",
    ),
}

OF_STATUS: dict[int, str] = {
    400: "bad_request",
    403: "foreign_origin",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "not_json",
}


class RefusalError(Exception):
    """The request is refused for one of ``REASONS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = REASONS[code]
