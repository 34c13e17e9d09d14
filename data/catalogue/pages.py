"""The declared pages: what they are called and which key figures stand in their row."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.catalogue.declared import CodeText, Declared, Dimension, ShortEnglish, Text, Whole


class KeyFigure(Declared):
    """One card: the indicator and the parts of its key that are not the default.

    A card with a ``measure`` (or whose indicator has a formula) follows the chosen industry: it then shows what the
    industry's cluster is measured by. Where no industry is chosen, ``whole`` names the indicator shown instead.
    """

    indicator: CodeText
    parts: dict[Dimension, CodeText] = Field(default_factory=dict)
    measure: Literal["", "output", "va_growth", "revenue", "profit", "enterprises", "employment"] = ""
    whole: CodeText | None = None


class PageDeclaration(Declared):
    """One page of the screen; its code is one of ``data.selection.Page``. A card names an indicator only once."""

    code: CodeText
    name_zh: Text
    name_en: ShortEnglish
    wall_zh: Text  # as the foot of the wall names it
    wall_en: ShortEnglish
    dwell_s: Whole = Field(default=25, ge=5, le=3600)  # how long the wall stays on it
    key_figures: tuple[KeyFigure, ...] = Field(default=(), max_length=8)
