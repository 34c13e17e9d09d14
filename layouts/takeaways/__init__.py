"""The one sentence over a chart: declared rules over what the panel shows; the first rule that holds speaks.

A rule says something only if it is true of the facts it is given, in at most 22 hanzi on the wall, with the
finding between ``**``. Facts are display-ready numbers in the panel's unit; growth is in per cent and keeps its
basis. Where no rule holds there is no sentence: the frame never fills the place with a slogan.
"""

from __future__ import annotations

from layouts.takeaways.concentration import CONCENTRATION, Concentrated
from layouts.takeaways.industries import (
    CHAIN,
    PULLS,
    RETURNS,
    STRUCTURE,
    Links,
    Part,
    Pulls,
    Returns,
    Structure,
)
from layouts.takeaways.rankings import (
    FIRMS_AND_COVERAGE,
    GROWTH_RANKING,
    LARGEST,
    PULSE,
    SIZE_RANKING,
    STRENGTH,
    Coverage,
)
from layouts.takeaways.rules import (
    MOST_HANZI,
    Balance,
    Entry,
    Latest,
    Leaders,
    Named,
    Pair,
    Ranked,
    Rule,
    hanzi,
    takeaway,
)
from layouts.takeaways.series import LATEST, MIRRORED_TRADE, TWO_LINES, balances, growth_words

__all__ = [
    "CHAIN",
    "CONCENTRATION",
    "FIRMS_AND_COVERAGE",
    "GROWTH_RANKING",
    "LARGEST",
    "LATEST",
    "MIRRORED_TRADE",
    "MOST_HANZI",
    "PULLS",
    "PULSE",
    "RETURNS",
    "SIZE_RANKING",
    "STRENGTH",
    "STRUCTURE",
    "TWO_LINES",
    "Balance",
    "Concentrated",
    "Coverage",
    "Entry",
    "Latest",
    "Leaders",
    "Links",
    "Named",
    "Pair",
    "Part",
    "Pulls",
    "Ranked",
    "Returns",
    "Rule",
    "Structure",
    "balances",
    "growth_words",
    "hanzi",
    "takeaway",
]
