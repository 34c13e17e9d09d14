"""Colours and sizes as literals, read from ``assets/tokens.css``, for what cannot read a CSS variable.

Plotly figures and the sparkline pictures need literal colours; everything else uses the tokens in CSS. A figure is
made for k = 1 (wall 1080 px high, or the desk); ``figure.js`` adds the template and multiplies the sizes by k.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

ASSETS = Path(__file__).resolve().parent.parent / "assets"

Theme = Literal["dark", "light"]
Rise = Literal["cn", "intl", "mono"]
Density = Literal["wall", "desk"]
Language = Literal["zh", "en"]

FONT_NUM = '"Barlow Semi Condensed", Barlow, "Noto Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
CLASS_WIDTH_PERCENT = 5
CLASSES_PER_SIDE = 4

_BLOCK = re.compile(r'^\[data-bs-theme="(dark|light)"\]\s*\{(.*?)^\}', re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")


@cache
def tokens(theme: Theme) -> Mapping[str, str]:
    """Return every colour token of a theme by its name without the dashes, e.g. ``tokens("dark")["c-1"]``."""
    for name, body in _BLOCK.findall((ASSETS / "tokens.css").read_text(encoding="utf-8")):
        if name == theme:
            return MappingProxyType({key: value.strip() for key, value in _TOKEN.findall(body)})
    raise ValueError(f"tokens.css has no block for the theme {theme!r}")


def mix(first: str, second: str, share_of_second: float) -> str:
    """Return the colour between two ``#RRGGBB`` colours; ``share_of_second`` is 0–1."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a * (1 - share_of_second) + b * share_of_second):02x}" for a, b in pairs)


def ink_on(background: str) -> str:
    """Return white or night blue, whichever has the higher WCAG contrast on ``background`` (``#RRGGBB``)."""
    dark = "#0A1524"
    luminance = _luminance(background)
    white_contrast = 1.05 / (luminance + 0.05)
    dark_contrast = (luminance + 0.05) / (_luminance(dark) + 0.05)
    return "#FFFFFF" if white_contrast >= dark_contrast else dark


@dataclass(frozen=True)
class Style:
    """How a screen is drawn: theme, which colour means a rise, density and language."""

    theme: Theme = "dark"
    rise: Rise = "cn"
    density: Density = "wall"
    language: Language = "zh"
    far: bool = False  # a wall for a deep room: the same panels with a fifth less room

    @property
    def wall(self) -> bool:
        """Tell whether the screen is a wall (no toolbar, no hover, larger type)."""
        return self.density == "wall"

    def token(self, name: str) -> str:
        """Return the literal colour of a token, e.g. ``token("text-2")``; an unknown name is a ``KeyError``."""
        return tokens(self.theme)[name]

    def category(self, number: int) -> str:
        """Return categorical colour 1–8 for a mark."""
        return self.token(f"c-{number}")

    def category_text(self, number: int) -> str:
        """Return categorical colour 1–8 for text (contrast ≥ 4.5)."""
        return self.token(f"ct-{number}")

    def sequential(self, number: int) -> str:
        """Return step 0–4 of the sequential blue; context series use step 2."""
        return self.token(f"seq-{number}")

    @property
    def rise_color(self) -> str:
        """Return the colour of a rise under the reader's setting."""
        return self.token({"cn": "hue-red", "intl": "hue-teal", "mono": "text"}[self.rise])

    @property
    def fall_color(self) -> str:
        """Return the colour of a fall under the reader's setting."""
        return self.token({"cn": "hue-teal", "intl": "hue-red", "mono": "text"}[self.rise])

    def change_color(self, direction: str) -> str:
        """Return the colour of ``up``, ``down`` or ``flat``."""
        return {"up": self.rise_color, "down": self.fall_color, "flat": self.token("text-3")}[direction]

    @property
    def diverging(self) -> tuple[str, ...]:
        """Return the 8 flat classes from the deepest fall to the deepest rise (breaks ±5, ±10, ±15 %)."""
        names = ("n4", "n3", "n2", "n1", "p1", "p2", "p3", "p4")
        colors = tuple(self.token(f"div-{name}") for name in names)
        return colors[::-1] if self.rise == "intl" else colors

    def diverging_color(self, change_percent: float | None) -> str:
        """Return the class colour of a year-on-year change; exactly 0 and no value are the neutral one."""
        if not change_percent:
            return self.token("div-0")
        return self.diverging[diverging_class(change_percent)]

    @property
    def label_px(self) -> int:
        """Return the size of direct labels at k = 1."""
        return 18 if self.wall else 13

    @property
    def tick_px(self) -> int:
        """Return the size of tick labels and units at k = 1."""
        return 16 if self.wall else 12

    def line_px(self, wall_px: float, desk_px: float) -> float:
        """Return a length for this density at k = 1."""
        return wall_px if self.wall else desk_px

    def words(self, zh: str, en: str) -> str:
        """Return the text of this style's language."""
        return en if self.language == "en" else zh


def diverging_class(change_percent: float) -> int:
    """Return the class 0–7 of a non-zero change in per cent (0 is the deepest fall, 4 the first rise)."""
    step = min(CLASSES_PER_SIDE - 1, max(0, math.floor(abs(change_percent) / CLASS_WIDTH_PERCENT - 1e-9)))
    return CLASSES_PER_SIDE - 1 - step if change_percent < 0 else CLASSES_PER_SIDE + step


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    shares = (channel / 255 for channel in _channels(color))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
