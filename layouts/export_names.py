"""How exported files are called: what they show, of which period, and that they hold simulated data.

Names come from the catalogue, which a district edits; whatever stands there, a name is one plain file name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from layouts.view import View

MOST_CHARACTERS = 80
_UNSAFE = re.compile(r"[\\/:*?\"<>|'`$&;%#{}\s]+")


def stem(view: View) -> str:
    """Return the name of a panel's files without its ending: 西海岸新区_外贸进出口_2024年9月_模拟."""
    district, say = view.catalogue.regions[view.catalogue.home_region], view.style.words
    mark = _mark(view.style.language) if view.stamp.simulated else ""
    return safe_name([district.word("short", view.style.language), view.title, view.stamp.period_text, mark]) or say(
        "导出", "export"
    )


def page_stem(views: Iterable[View], page: str) -> str:
    """Return the name of the file of a whole page."""
    listed = list(views)
    first = listed[0]
    district, language = first.catalogue.regions[first.catalogue.home_region], first.style.language
    mark = _mark(language) if any(view.stamp.simulated for view in listed) else ""
    return safe_name([district.word("short", language), page, mark])


def _mark(language: str) -> str:
    return "simulated" if language == "en" else "模拟"


def safe_name(parts: Iterable[str]) -> str:
    """Return parts as one file name: no separators, controls or signs a shell or a header would read."""
    cleaned = (_UNSAFE.sub("_", "".join(c for c in part if _is_plain(c))).strip("._- ") for part in parts)
    return "_".join(part for part in cleaned if part)[:MOST_CHARACTERS].strip("._- ")


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] != "C" or character in "\t\n\r"


def disposition(name: str, plain: str) -> str:
    """Return the Content-Disposition of a download: a plain ASCII name, and the real one by RFC 5987."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", plain)
    return f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
