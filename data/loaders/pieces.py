"""A parsed file in pieces, so that a long one never stands in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.columns import Names, Numbering, Piece
from data.loaders.source import Parsed

FACTS = 20_000  # of one piece


def pieces_of(parsed: Parsed) -> Iterator[Piece]:
    """Cut a parsed file into pieces; the last one carries everything that is no fact."""
    numbering = Numbering()
    for start in range(0, len(parsed.facts), FACTS):
        columns = numbering.columns(parsed.facts[start : start + FACTS])
        series, citations = numbering.new()
        yield Piece(columns, series, citations)
    yield Piece(
        rejects=parsed.rejects,
        blanks=parsed.blanks,
        rows_read=parsed.rows_read,
        missing=parsed.missing,
        excluded=parsed.excluded,
        notes=parsed.notes,
    )


def joined(pieces: Iterable[Piece]) -> Parsed:
    """Return the whole file again."""
    parsed, names = Parsed(), Names()
    for piece in pieces:
        names.series += piece.series
        names.citations += piece.citations
        parsed.facts += names.facts(piece.columns)
        parsed.rejects += piece.rejects
        parsed.blanks += piece.blanks
        parsed.notes += piece.notes
        parsed.rows_read += piece.rows_read
        parsed.missing += piece.missing
        parsed.excluded += piece.excluded
    return parsed
