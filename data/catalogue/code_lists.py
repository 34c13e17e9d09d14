"""Code lists: the members a dimension may have, each with its names, and where the list comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from data.catalogue.declared import CodeText, Declared, Language, Text


@dataclass(frozen=True, slots=True)
class Code:
    """One member of a code list. ``name_en`` is empty where the list has no English name."""

    code: str
    name_zh: str
    name_en: str = ""
    short_zh: str = ""
    short_en: str = ""
    parent: str = ""
    level: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def word(self, language: Language, *, short: bool = False) -> str:
        """Return the name; a missing short name is the long one, a missing English name the Chinese one."""
        if language == "en":
            return (self.short_en if short else "") or self.name_en or self.name_zh
        return (self.short_zh if short else "") or self.name_zh


class CodeList(Declared):
    """A list of codes for one dimension, with where it comes from."""

    code: CodeText
    name_zh: Text
    name_en: Text
    dimension: Literal["industry", "partner", "commodity", "flow", "breakdown", "region"]
    file: str = ""
    provenance_zh: Text
    provenance_en: Text
    codes: dict[str, Code] = Field(default={}, repr=False)

    def codes_by_name(self) -> dict[str, str]:
        """Return Chinese name → code, for files that name their members; a name used twice raises ``ValueError``."""
        found: dict[str, str] = {}
        for code, each in self.codes.items():
            if found.setdefault(each.name_zh, code) != code:
                raise ValueError(f"list {self.code}: {each.name_zh!r} names both {found[each.name_zh]} and {code}")
        return found
