"""Where goods stand in the Harmonized System: sections, their chapters, and the section of a named commodity."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.catalogue.models import Catalogue

SECTION, CHAPTER = "section", "chapter"
CHAPTER_DIGITS = 2


def sections(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the sections trade is split into: they add up to it."""
    known = catalogue.indicators["trade"].codes_of("commodity")
    return tuple(code for code in known if catalogue.code("commodity", code).level == SECTION)


def section_of(catalogue: Catalogue, commodity: str | None) -> str:
    """Return the section that is chosen, or that holds the chosen chapter or named commodity; empty for none.

    A named commodity of several chapters (机电产品) lies in no one section.
    """
    if commodity is None:
        return ""
    found = catalogue.code("commodity", commodity)
    if found.level == SECTION:
        return commodity
    chapter = commodity if found.level == CHAPTER else _chapter_of(found.extra.get("hs", ""))
    if not chapter:
        return ""
    return catalogue.code("commodity", chapter).parent


def chapters(catalogue: Catalogue, section: str) -> tuple[str, ...]:
    """Return the chapters of a section."""
    return catalogue.children("commodity", section)


def chapter_of(catalogue: Catalogue, commodity: str | None) -> str:
    """Return the chapter that is chosen, or that holds the named commodity; empty for none and for a section."""
    if commodity is None:
        return ""
    found = catalogue.code("commodity", commodity)
    return commodity if found.level == CHAPTER else _chapter_of(found.extra.get("hs", ""))


def _chapter_of(headings: str) -> str:
    """Return the chapter of headings such as 2709 or 4001-4005; empty where there are none, or of two chapters."""
    found = {heading[:CHAPTER_DIGITS] for heading in headings.split("-") if heading}
    return f"HS{found.pop()}" if len(found) == 1 else ""
