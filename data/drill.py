"""The stack of what was clicked or drilled to: put on, taken off, undone. Everything follows from the selection.

The industry is a path (cluster › division › group, by the hierarchy of the codes); partner, commodity and month are
single marks. The last step is undone first: of a path only its last level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.periods import month_of, year_of
from data.selection import Mark, Selection

if TYPE_CHECKING:
    from data.catalogue.models import Catalogue


def parent_industry(catalogue: Catalogue, code: str) -> str | None:
    """Return what an industry was drilled from: a division's cluster (its section where none has it), or None."""
    if code in catalogue.clusters:
        return None
    cluster = next((each.code for each in catalogue.clusters_in_order if code in each.divisions), None)
    return cluster or catalogue.code("industry", code).parent or None


def drill_path(catalogue: Catalogue, code: str | None) -> tuple[str, ...]:
    """Return the industries from the outermost to the one chosen: CL_PETRO, C26, C261."""
    path: list[str] = []
    while code is not None:
        path.append(code)
        code = parent_industry(catalogue, code)
    return tuple(reversed(path))


def is_within(catalogue: Catalogue, code: str, chosen: str | None) -> bool:
    """Tell whether an industry is the chosen one or part of it."""
    return chosen is not None and chosen in drill_path(catalogue, code)


def marked(selection: Selection, catalogue: Catalogue, mark: Mark, code: str) -> Selection:
    """Return the selection after a mark was clicked: it is the newest; a mark that was on is taken off.

    An industry is on if it is the last level of the path; clicking it again goes one level up.
    """
    if _text(selection, mark) == code:
        return lifted(selection, catalogue, mark)
    others = tuple(each for each in selection.stack if each != mark)
    return selection.with_(**{mark: code}).with_(stack=(*others, mark))


def lifted(selection: Selection, catalogue: Catalogue, mark: Mark) -> Selection:
    """Return the selection one step back in a mark: an industry goes up one level, everything else goes."""
    above = parent_industry(catalogue, selection.industry) if mark == "industry" and selection.industry else None
    return selection.with_(**{mark: above})


def without(selection: Selection, mark: Mark) -> Selection:
    """Return the selection without a mark, whatever its level."""
    return selection.with_(**{mark: None})


def undone(selection: Selection, catalogue: Catalogue) -> Selection:
    """Return the selection before its last step; the same where there is none to undo."""
    return lifted(selection, catalogue, selection.stack[-1]) if selection.stack else selection


def _text(selection: Selection, mark: Mark) -> str | None:
    """Return a mark as a click names it: a code, or the month as 2024-09."""
    if mark == "period":
        period = selection.period
        return None if period is None else f"{year_of(period):04d}-{month_of(period):02d}"
    return getattr(selection, mark)  # type: ignore[no-any-return]


def parts_of(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """Return the industries one level below: a cluster's divisions, a division's groups."""
    if code in catalogue.clusters:
        return catalogue.clusters[code].divisions
    return catalogue.children("industry", code)
