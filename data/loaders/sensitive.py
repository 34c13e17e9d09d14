"""What an aggregate feed may not hold: identity card numbers, mobile phone numbers, rows of single enterprises.

Such a file is held back before anything of it leaves the reader, and the message shows the place, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

from data.loaders.cells import canonical
from data.loaders.source import FileRefusedError

SHORTEST = 11  # characters of the shortest text of interest, a mobile phone number
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9.])1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9.])")
_CREDIT = re.compile(r"(?<![0-9A-Z])([1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]{17})(?![0-9A-Z])")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECK = "10X98765432"
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PERSON_HEADERS = re.compile("身份证|公民身份|手机号|移动电话|联系电话|证件号码")
_ENTERPRISE_HEADERS = re.compile(
    "统一社会信用代码|组织机构代码|企业名称|单位详细名称|法人单位名称|法定代表人|纳税人识别号|营业执照"
)
WORDS = {
    "personal": ("no personal data (identity card or phone numbers) / 不含个人信息（身份证号、手机号）", "个人信息"),
    "enterprise": ("no rows of single enterprises / 不含企业明细（基层数据）", "企业明细"),
}


class SensitiveFileError(FileRefusedError):
    """A file that must not be loaded into an aggregate feed; it waits for a person (quarantine)."""


def is_identity_number(text: str) -> bool:
    """Tell whether 18 characters are an identity card number: a possible birthday and the right check character."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]", text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _IDENTITY_WEIGHTS, strict=False))
    return text[6:8] in ("18", "19", "20") and _IDENTITY_CHECK[total % 11] == text[-1].upper()


def is_credit_code(text: str) -> bool:
    """Tell whether 18 characters are a unified social credit code, by its check character (GB 32100)."""
    if len(text) != 18 or any(sign not in _CREDIT_SIGNS for sign in text) or text.isdigit():
        return False
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:-1]))
    return _CREDIT_SIGNS[(31 - total % 31) % 31] == text[-1]


def kind_of(text: str) -> str:
    """Return ``personal``, ``enterprise`` or ``""`` for what a text holds."""
    if len(text) < SHORTEST:
        return ""
    if any(is_identity_number(match[1]) for match in _IDENTITY.finditer(text)):
        return "personal"
    if any(is_credit_code(match[1]) for match in _CREDIT.finditer(text)):
        return "enterprise"
    return "personal" if _MOBILE.search(text) else ""


def check_headers(file_name: str, place: str, headers: Iterable[str], allows: Collection[str]) -> None:
    """Raise ``SensitiveFileError`` for a column that by its name holds persons or enterprises."""
    for header in headers:
        for kind, pattern in (("personal", _PERSON_HEADERS), ("enterprise", _ENTERPRISE_HEADERS)):
            if kind not in allows and pattern.search(canonical(header)):
                raise SensitiveFileError(file_name, place, WORDS[kind][0], f"column {header!r}")


def check_text(file_name: str, place: str, text: str, allows: Collection[str]) -> None:
    """Raise ``SensitiveFileError`` for a text that holds a person or an enterprise; the text itself is not shown."""
    kind = kind_of(text)
    if kind and kind not in allows:
        raise SensitiveFileError(file_name, place, WORDS[kind][0], f"{WORDS[kind][1]} ({kind})")
