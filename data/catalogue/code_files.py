"""Reading the code lists: ``codes/lists.toml`` says which CSV is a list of which dimension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from data.catalogue.errors import CatalogueError
from data.catalogue.models import Cluster, Code, CodeList, Region
from data.catalogue.reading import declared, read_csv, read_toml

SHORT_LENGTH = 16  # of English short names, so that they fit beside a bar
CODE_COLUMNS = ("code", "name_zh", "name_en", "short_zh", "short_en", "parent", "level")


def read_code_lists(
    folder: Path, clusters: Mapping[str, Cluster], regions: Mapping[str, Region]
) -> dict[str, CodeList]:
    """Return the lists that ``codes/lists.toml`` declares, and those made of the clusters and the regions."""
    file = read_toml(folder / "codes" / "lists.toml")
    lists = declared(CodeList, file, "list")
    filled = {
        code: each.model_copy(update={"codes": _read_codes(folder / "codes" / each.file)})
        for code, each in lists.items()
        if each.file
    }
    for code in lists.keys() - filled.keys():
        raise file.error(f"list.{code}.file", "the key is missing")
    filled["clusters"] = _list_from(
        "clusters",
        "industry",
        clusters.values(),
        "产业集群（工作口径）",
        "Clusters (working definition)",
        "clusters.toml",
    )
    filled["regions"] = _list_from("regions", "region", regions.values(), "地区与口径", "Regions", "regions.toml")
    _refuse_codes_in_two_lists(folder, filled)
    return filled


def _read_codes(path: Path) -> dict[str, Code]:
    found: dict[str, Code] = {}
    for number, row in enumerate(read_csv(path, ("code", "name_zh")), start=2):
        code = row["code"]
        if not code or not row["name_zh"]:
            raise CatalogueError(path, code or "code", "code and name_zh must not be empty", number)
        if code in found:
            raise CatalogueError(path, code, "the code stands twice", number)
        if len(row.get("short_en", "")) > SHORT_LENGTH:
            raise CatalogueError(path, code, f"short_en is longer than {SHORT_LENGTH} characters", number)
        extra = {name: value for name, value in row.items() if name not in CODE_COLUMNS}
        found[code] = Code(**{name: row.get(name, "") for name in CODE_COLUMNS}, extra=extra)
    for code, each in found.items():
        if each.parent and each.parent not in found:
            raise CatalogueError(path, code, f"its parent {each.parent!r} is not in the list")
    return found


def _list_from(
    code: str, dimension: str, members: Iterable[Cluster | Region], name_zh: str, name_en: str, file: str
) -> CodeList:
    codes = {each.code: Code(each.code, each.name_zh, each.name_en, each.short_zh, each.short_en) for each in members}
    return CodeList.model_validate(
        {
            "code": code,
            "dimension": dimension,
            "name_zh": name_zh,
            "name_en": name_en,
            "file": file,
            "provenance_zh": "本目录自定",
            "provenance_en": "declared in this catalogue",
            "codes": codes,
        }
    )


def _refuse_codes_in_two_lists(folder: Path, lists: Mapping[str, CodeList]) -> None:
    """One code, one meaning in a dimension; a region may be a district, a partner country or both by ISO code."""
    owner: dict[tuple[str, str], str] = {}
    for name, each in lists.items():
        for code in each.codes:
            other = owner.setdefault((each.dimension, code), name)
            if other != name and each.dimension != "region":
                raise CatalogueError(
                    folder / each.file, code, f"the code is already in the {each.dimension} list {other}"
                )
