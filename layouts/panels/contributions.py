"""What each industry adds to industrial growth: last year's share times this year's growth, with the residual shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.confidentiality import with_complements
from data.facts import TOTAL, SeriesKey
from data.industries import highlighted, peers, standing
from data.measures import Contributions, contributions, share
from data.queries import Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.contribution import ContributionRow, contribution
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import CLUSTERS, DIVISIONS, both_names, is_confidential, name_of
from layouts.panels.structure import REST_OF_INDUSTRY
from layouts.takeaways import PULLS, Named, Pulls, takeaway

GROWTH, SHARE = "industrial_va_growth", "industrial_va_share"
YEAR = reading.MONTHS_PER_YEAR
NO_CONTRIBUTIONS = Empty(
    "没有公开的分行业比重与增速",
    "No shares and growth by industry are published",
    "接入区统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)
CONFIDENTIAL_PARTS = Empty(
    "有组成部分保密，不计算拉动",
    "Some parts are confidential; nothing is worked out",
    "由拉动和余项可以推出保密数",
    "Contributions and residual would give them away",
    icon="lock",
)


@dataclass(frozen=True, slots=True)
class Split:
    """A whole and the parts it is split into; the whole is all industry (``_T``) or one cluster."""

    whole: str
    parts: tuple[str, ...]


def split_of(catalogue: Catalogue, industry: str | None) -> Split:
    """Return the industrial clusters and the rest of industry, or from a division down the divisions of its cluster."""
    stands, beside = standing(catalogue, industry), peers(catalogue, industry)
    if stands.cluster is not None and stands.level != "cluster" and stands.cluster.scope == "industrial":
        return Split(stands.cluster.code, beside)
    clusters = (each.code for each in catalogue.clusters_in_order if each.scope == "industrial")
    return Split(TOTAL, (*clusters, REST_OF_INDUSTRY))


def _growth_key(catalogue: Catalogue, code: str) -> SeriesKey:
    return catalogue.indicators[GROWTH].key(accumulation="Y", industry=code)


def _share_key(catalogue: Catalogue, code: str) -> SeriesKey:
    return catalogue.indicators[SHARE].key(accumulation="Y", industry=code)


def ask_contributions(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the latest growth of the whole and its parts, and the shares of a year before."""
    split = split_of(catalogue, selection.industry)
    codes, lead = (split.whole, *split.parts), _growth_key(catalogue, split.whole)
    growths = reading.windows([_growth_key(catalogue, code) for code in codes], lead, selection, 0)
    shared = [code for code in codes if code != TOTAL]
    shares = [_share_key(catalogue, code) for code in shared]
    # The latest shares too: a series of which only last year is read would look late.
    return [*growths, *(want for at in (-YEAR, 0) for want in reading.windows(shares, lead, selection, at, at))]


def draw_contributions(drawing: Drawing) -> Drawn:
    """Draw what the parts add, the largest on top, then the residual and the growth of the whole."""
    split = split_of(drawing.catalogue, drawing.selection.industry)
    lead = _growth_key(drawing.catalogue, split.whole)
    period = drawing.frame.latest.get(lead)
    total = None if period is None else drawing.frame.value(lead, period)
    if period is None or total is None:
        return Drawn(empty=NO_CONTRIBUTIONS)
    if _hidden(drawing, split, period):
        return Drawn(empty=CONFIDENTIAL_PARTS)
    shares, growths = _facts(drawing, split, period)
    if not shares:
        return Drawn(empty=NO_CONTRIBUTIONS)
    found = contributions(shares, growths, total)
    return _drawn(drawing, split, period, found, total)


def _hidden(drawing: Drawing, split: Split, period: int) -> frozenset[str]:
    """Return the parts that may not be shown: a share or growth of theirs is confidential, or gives another away."""
    catalogue, frame = drawing.catalogue, drawing.frame
    cells = {code: frame.at(_share_key(catalogue, code), period - YEAR) for code in split.parts}
    unsafe = {
        code
        for code, cell in cells.items()
        if is_confidential(cell) or is_confidential(frame.at(_growth_key(catalogue, code), period))
    }
    sizes = {code: cell.value or 0.0 if cell else 0.0 for code, cell in cells.items()}
    return with_complements(sizes, unsafe, total_shown=True)


def _facts(drawing: Drawing, split: Split, period: int) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return shares in the whole a year before and growths now, of the parts that have both."""
    catalogue, frame = drawing.catalogue, drawing.frame
    base = 100.0 if split.whole == TOTAL else frame.value(_share_key(catalogue, split.whole), period - YEAR)
    shares, growths = {}, {}
    for code in split.parts:
        part = share(frame.value(_share_key(catalogue, code), period - YEAR), base)
        growth = frame.value(_growth_key(catalogue, code), period)
        if part is not None and growth is not None:
            shares[code], growths[code] = part, growth
    return shares, growths


def _drawn(drawing: Drawing, split: Split, period: int, found: Contributions, total: float) -> Drawn:
    catalogue, style = drawing.catalogue, drawing.style
    lead = _growth_key(catalogue, split.whole)
    chosen = highlighted(catalogue, drawing.selection.industry, split.parts)
    ordered = sorted(found.points, key=lambda code: -found.points[code])
    missing = [code for code in split.parts if code not in found.points]
    rows = [
        *(_part(drawing, code, found, code == chosen) for code in ordered),
        *(
            ContributionRow(name_of(drawing, code), None, words.missing_text(CellKind.NOT_AVAILABLE))
            for code in missing
        ),
        ContributionRow(style.words("余项", "Residual"), found.residual, _text(found.residual), kind="residual"),
        ContributionRow(_whole_name(drawing, split), total, f"{words.number(total, 1, sign=True)}%", kind="whole"),
    ]
    noun = CLUSTERS if split.whole == TOTAL else DIVISIONS
    told = [(both_names(catalogue, code), found.points[code]) for code in ordered if code != REST_OF_INDUSTRY]
    spoken = "；".join(" ".join(filter(None, (row.name, row.label, row.rate))) for row in rows)
    title = style.words("对工业增速的拉动", "Contribution to industrial growth")
    note_zh, note_en = _notes(drawing, split, missing)
    return Drawn(
        figure=contribution(rows, style, style.words("贡献率", "share")),
        takeaway=takeaway(PULLS, Pulls(noun, told)),
        alt=f"{title}，{reading.period_words(drawing, lead, period)}：{spoken}",
        lead=lead,
        flags=frozenset({"derived"}),
        note_zh=note_zh,
        note_en=note_en,
    )


def _notes(drawing: Drawing, split: Split, missing: Sequence[str]) -> tuple[str, str]:
    """Return whose growth is split, how, and which parts without data the residual holds."""
    names = [both_names(drawing.catalogue, code) for code in missing]
    whole = both_names(drawing.catalogue, split.whole) if split.whole != TOTAL else Named("规上工业", "industry")
    zh, en = f"对{whole.zh}增速的拉动 = 上年比重 × 增速", f"pull on {whole.en} = share a year before × growth"
    if not names:
        return zh, en
    listed = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return f"{zh}；{listed[0]}无数据，计入余项", f"{en}; {listed[1]}: no data, in the residual"


def _part(drawing: Drawing, code: str, found: Contributions, selected: bool) -> ContributionRow:
    rate = "" if found.rates is None else f"{words.number(found.rates[code], 1)}%"
    shown = "" if code == REST_OF_INDUSTRY else code
    return ContributionRow(
        name_of(drawing, code), found.points[code], _text(found.points[code]), rate, code=shown, selected=selected
    )


def _text(points: float) -> str:
    return words.number(points, 2, sign=True)


def _whole_name(drawing: Drawing, split: Split) -> str:
    if split.whole == TOTAL:
        return drawing.style.words("规上工业", "Industry")
    return name_of(drawing, split.whole)


PANELS = (
    Panel(
        code="contribution",
        theme="clusters",
        title_zh="拉动工业增长",
        title_en="Pull on growth",
        unit_zh="增加值 · 个百分点",
        unit_en="value added, pp",
        ask=ask_contributions,
        draw=draw_contributions,
        follows=frozenset({"period", "industry"}),
        fixed_zh="固定累计",
        fixed_en="Year to date",
        selects="industry",
    ),
)
