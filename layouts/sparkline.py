"""Sparklines as pictures: Dash has no SVG elements, so each is an ``img`` with a data address and literal colours."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from layouts.theme import Style

Values = Sequence[float | None]
PAD_SHARE = 0.12


def sparkline(
    values: Values, style: Style, *, previous: Values = (), limit: float | None = None, height_rem: float = 2.2
) -> html.Div:
    """Return a line over ``values`` with its last point marked; a missing value is a gap, never a bridge.

    ``previous`` (the year before) is dotted, ``limit`` a dashed level. ``height_rem`` is about the height it is shown
    at: the strokes are a share of it, because a picture does not know the root font size of its page.
    """
    if sum(value is not None for value in (*values, *previous)) < 2:
        return html.Div(className="sparkbox")
    present = [value for value in (*values, *previous, limit) if value is not None]
    low, high = _padded(min(present), max(present))
    last = next((value for value in reversed(values) if value is not None), None)
    picture = html.Img(src=_address(_svg(values, previous, limit, low, high, style, height_rem)), alt="")
    if last is None:
        return html.Div(picture, className="sparkbox")
    return html.Div(picture, className="sparkbox dot", style={"--y": f"{_y(last, low, high):.1f}"})


def _padded(low: float, high: float) -> tuple[float, float]:
    pad = (high - low or abs(high) or 1.0) * PAD_SHARE
    return low - pad, high + pad


def _y(value: float, low: float, high: float) -> float:
    return 100 * (1 - (value - low) / (high - low))


def _stretches(values: Values, low: float, high: float) -> list[list[tuple[float, float]]]:
    """Return the points (0–100 each way) of every stretch without a gap."""
    step = 100 / max(1, len(values) - 1)
    found: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is not None:
            found[-1].append((index * step, _y(value, low, high)))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _path(stretch: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in stretch)


def _svg(
    values: Values, previous: Values, limit: float | None, low: float, high: float, style: Style, height_rem: float
) -> str:
    accent, faint, axis = style.token("accent"), style.token("text-3"), style.token("axis")
    line_share, dotted_share, hair_share = (100 * rem / height_rem for rem in (0.11, 0.08, 0.0625))
    lines = _stretches(values, low, high)
    areas = [f"{_path(line)}L{line[-1][0]:.1f} 100L{line[0][0]:.1f} 100Z" for line in lines]
    shapes = [f'<path d="{area}" fill="{accent}" opacity=".12"/>' for area in areas]
    shapes += [
        f'<path d="{_path(line)}" fill="none" stroke="{faint}" opacity=".75" class="s" '
        f'style="stroke-width:{dotted_share:.1f}vh;'
        f'stroke-dasharray:{dotted_share * 1.5:.1f}vh {dotted_share * 2.5:.1f}vh"/>'
        for line in _stretches(previous, low, high)
    ]
    if low < 0 < high:
        zero = _y(0, low, high)
        shapes.append(
            f'<path d="M0 {zero:.1f}H100" stroke="{axis}" class="s" style="stroke-width:{hair_share:.1f}vh"/>'
        )
    if limit is not None:
        dash = f"{dotted_share * 4:.1f}vh {dotted_share * 2.5:.1f}vh"
        shapes.append(
            f'<path d="M0 {_y(limit, low, high):.1f}H100" stroke="{style.token("aging")}" class="s limit" '
            f'style="stroke-width:{dotted_share:.1f}vh;stroke-dasharray:{dash}"/>'
        )
    shapes += [
        f'<path d="{_path(line)}" fill="none" stroke="{accent}" class="s" stroke-linejoin="round" '
        f'stroke-linecap="round" style="stroke-width:{line_share:.1f}vh"/>'
        for line in lines
    ]
    rules = "<style>.s{vector-effect:non-scaling-stroke}</style>"
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
    return f"{opening}{rules}{''.join(shapes)}</svg>"


def _address(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe=" =:/'<>")
