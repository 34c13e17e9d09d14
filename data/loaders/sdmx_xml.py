"""SDMX-ML: 2.1 through the library ``sdmx1``, 3.0 through a small reader.

The library reads no 3.0 without its structure message. Before either, the file is scanned: a document type definition,
a message without data, another version or structure refuses it, and the observations are counted, so that none can get
lost in reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from data.loaders.records import Record
from data.loaders.source import FileRefusedError

VERSION = re.compile(r"http://www\.sdmx\.org/resources/sdmxml/schemas/v(\d_\d)/message", re.IGNORECASE)
URN = re.compile(r"urn:sdmx:[\w.]+=([\w.@-]+):([\w.@-]+)\(([\w.+*-]+)\)")
# The format itself misspells the provision agreement in 2.1.
STRUCTURES = frozenset({"Structure", "StructureUsage", "ProvisionAgreement", "ProvisionAgrement"})
MAX_DEPTH = 40
PIECE, MAX_ERROR = 1 << 16, 300
READ_VERSIONS = ("2_1", "3_0")
READ_TEXT = "SDMX-ML 2.1 or 3.0 (ask the service for it, or for SDMX-CSV) / 请向发布方索取 2.1、3.0 或另存为 SDMX-CSV"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass
class Outline:
    """What a scan finds: the kind of message, its SDMX version, its structures and how many observations it holds."""

    root: str = ""
    version: str = ""
    structures: list[str] = field(default_factory=list)
    observations: int = 0
    data_sets: int = 0
    actions: set[str] = field(default_factory=set)
    header_action: str = ""
    error: str = ""  # the words of a message that says why there is no data


class _DoctypeError(Exception):
    """The file has a document type definition."""


def records(path: Path, structures: tuple[str, ...]) -> Iterator[Record]:
    """Yield the observations of a message that follows one of ``structures``."""
    outline = scan(path)
    _check(path, outline, structures)
    reading = _through_library if outline.version == "2_1" else _version_3
    found = 0
    for record in reading(path):
        found += 1
        yield record
    if found != outline.observations:
        raise FileRefusedError(path.name, "the message", f"{outline.observations} observations", f"{found} were read")


def _check(path: Path, outline: Outline, structures: tuple[str, ...]) -> None:
    if outline.version not in READ_VERSIONS:
        found = outline.version.replace("_", ".") or f"root element {outline.root!r}"
        raise FileRefusedError(path.name, "the message", READ_TEXT, found)
    if not outline.data_sets:
        found = f"a message {outline.root!r} without one {outline.error}".rstrip()
        raise FileRefusedError(path.name, "the message", "a data set", found)
    if "Delete" in outline.actions:
        raise FileRefusedError(path.name, "DataSet", "data to store", "action Delete")
    for structure in outline.structures or ["none"]:
        if structure not in structures:
            raise FileRefusedError(path.name, "Header/Structure", " or ".join(structures), structure)


def scan(path: Path) -> Outline:
    """Read the file once without building anything; a DTD, another encoding or broken XML is refused."""
    outline = Outline()
    scanner = _Scanner(outline)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = scanner.doctype
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.text
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _DoctypeError:
        raise FileRefusedError(path.name, "the prolog", "no document type definition", "one") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefusedError(path.name, "the message", "whole, plain XML", str(error)) from error
    return outline


class _Scanner:
    def __init__(self, outline: Outline) -> None:
        self.outline, self.depth, self.inside, self.words = outline, 0, "", ""

    def doctype(self, *_: object) -> None:
        raise _DoctypeError

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"elements nested deeper than {MAX_DEPTH}")
        namespace, _, local = name.rpartition("}")
        if self.depth == 1:
            version = VERSION.fullmatch(namespace)
            self.outline.root, self.outline.version = local, version[1] if version else ""
        elif local == "Obs":
            self.outline.observations += 1
        elif local == "DataSet":
            self.outline.data_sets += 1
            own = {value for key, value in attributes.items() if key.rpartition("}")[2] == "action"}
            self.outline.actions |= own or {self.outline.header_action}
        elif local == "Ref" and self.inside == "Structure" and "agencyID" in attributes:
            at = attributes.get("version", "1.0")
            self.outline.structures.append(f"{attributes['agencyID']}:{attributes.get('id', '')}({at})")
        if local in STRUCTURES and namespace.endswith("/common"):
            self.inside = "Structure"
        elif local == "DataSetAction":
            self.inside = local
        self.words = ""

    def text(self, words: str) -> None:
        if self.outline.root == "Error" and len(self.outline.error) < MAX_ERROR:
            self.outline.error += f" {words.strip()}"[:MAX_ERROR]
        if self.inside and len(self.words) < PIECE:
            self.words += words

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.rpartition("}")[2] == "DataSetAction":  # of the header: it holds for a data set that tells none itself
            self.outline.header_action = self.words.strip()
        if self.inside and (urn := URN.fullmatch(self.words.strip())):
            self.outline.structures.append(f"{urn[1]}:{urn[2]}({urn[3]})")
            self.words = ""
        if name.rpartition("}")[2] in STRUCTURES | {"DataSetAction"}:
            self.inside = ""


def _through_library(path: Path) -> Iterator[Record]:
    """Read SDMX-ML 2.1 of any layout: flat, series over time or across another dimension, with groups."""
    import logging

    import sdmx  # here, because it takes most of a second
    from sdmx.exceptions import XMLParseError
    from sdmx.message import DataMessage

    # Without a structure message it takes every attribute of a series for part of its key, which does no harm here.
    logging.getLogger("sdmx").setLevel(logging.ERROR)
    try:
        with path.open("rb") as file:
            message = sdmx.read_sdmx(file, format="XML")
    except (XMLParseError, SyntaxError, LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise FileRefusedError(path.name, "the message", "SDMX-ML 2.1 data", _first_line(error)) from error
    if not isinstance(message, DataMessage):
        raise FileRefusedError(path.name, "the message", "SDMX-ML 2.1 data", type(message).__name__)
    for data_set in message.data:
        shared = {name: _plain(each.value) for name, each in data_set.attrib.items()}
        for observation in data_set.obs:
            yield _record(observation, shared)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1].strip() if lines else ''}"[:300]


def _record(observation: Any, shared: Mapping[str, object]) -> Record:  # noqa: ANN401 - the library is not typed here
    key = {name: str(each.value) for name, each in observation.key.values.items()}
    attributes = {name: _plain(each.value) for name, each in observation.attrib.items()}
    own = {name: str(each.value) for name, each in observation.dimension.values.items()}
    fields = {**shared, **attributes, **key, **own, "OBS_VALUE": observation.value}
    return Record(_place(fields, key), fields)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)


def _place(fields: Mapping[str, object], key: Mapping[str, str]) -> str:
    """Say where an observation stands: its period and the codes of its series."""
    codes = ".".join(text for name, text in key.items() if name != "TIME_PERIOD" and len(text) <= 16)
    return f"{codes} {fields.get('TIME_PERIOD', '')}".strip()


def _version_3(path: Path) -> Iterator[Record]:
    """Read structure-specific SDMX-ML 3.0: data sets of series or of single observations, with groups."""
    from lxml import etree

    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    reader = _Version3(path.name)
    try:
        with path.open("rb") as file:
            for event, element in etree.iterparse(file, events=("start", "end"), **safe):
                record = reader.take(event, etree.QName(element).localname, element)
                if record is not None:
                    yield record
    except etree.XMLSyntaxError as error:
        raise FileRefusedError(path.name, "the message", "whole, plain XML", str(error)) from error


class _Version3:
    """Remembers what holds for the next observation: the attributes of its data set, groups and series."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.shared: dict[str, str] = {}
        self.groups: list[dict[str, str]] = []
        self.series: dict[str, str] = {}

    def take(self, event: str, local: str, element: Any) -> Record | None:  # noqa: ANN401 - an lxml element
        """Take one element in; return the record of an observation that ends."""
        if local in ("Comp", "Atts"):
            raise FileRefusedError(self.file_name, local, "plain attributes and one value per observation", local)
        if event == "start":
            if local == "DataSet":
                self.shared, self.groups = _attributes(element), []
            elif local == "Series":
                self.series = _attributes(element)
            return None
        record = None
        if local == "Group":
            self.groups.append(_attributes(element))
        elif local == "Obs":
            key = {**self.series, **_attributes(element)}
            fields: dict[str, object] = {"OBS_VALUE": None, **self.shared, **_of_groups(self.groups, key), **key}
            record = Record(_place(fields, self.series), fields)
            element.clear()
        elif local == "Series":
            self.series = {}
            element.clear()
        return record


def _attributes(element: Any) -> dict[str, str]:  # noqa: ANN401 - an lxml element
    """Return the attributes of SDMX components, which have no namespace, unlike those of the format itself."""
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


def _of_groups(groups: list[dict[str, str]], key: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of the groups a key belongs to: those that agree with it in every name they share."""
    found: dict[str, str] = {}
    for group in groups:
        common = group.keys() & key.keys()
        if common and all(group[name] == key[name] for name in common):
            found.update(group)
    return found
