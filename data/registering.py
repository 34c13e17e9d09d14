"""What a refresh writes beside figures: the sources' texts and the code lists."""

from __future__ import annotations

from collections.abc import Mapping

from data.catalogue import Catalogue, Code
from data.loaders import Source
from data.warehouse import Warehouse

CODE_LISTS = "code_lists"


def register(warehouse: Warehouse, source: Source) -> None:
    """Write what is said of a source."""
    names = ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page")
    texts = {name: getattr(source, name) for name in names}
    warehouse.register_source(source.code, simulated=source.simulated, **texts)


def remember_codes(warehouse: Warehouse, catalogue: Catalogue, declarations: str) -> None:
    """Write the code lists if a declaration has changed since they were written."""
    if warehouse.noted(CODE_LISTS) == declarations:
        return
    for name, codes in catalogue.code_lists.items():
        warehouse.write_codes(name, _code_rows(codes.codes))
    warehouse.note(CODE_LISTS, declarations)


def _code_rows(codes: Mapping[str, Code]) -> list[dict[str, object]]:
    """Return a code list as table rows; the level is how many parents stand above a code, plus one."""
    return [
        {
            "code": each.code,
            "name_zh": each.name_zh,
            "name_en": each.name_en,
            "parent": each.parent,
            "level": _depth(each, codes),
            "position": position,
        }
        for position, each in enumerate(codes.values(), start=1)
    ]


def _depth(code: Code, codes: Mapping[str, Code]) -> int:
    depth = 1
    while code.parent in codes:
        code, depth = codes[code.parent], depth + 1
    return depth
