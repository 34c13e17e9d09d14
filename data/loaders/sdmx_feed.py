"""SDMX messages: SDMX-ML 2.1 and 3.0, SDMX-JSON 1.0 and 2.0, SDMX-CSV 1 and 2, from files or a REST service.

An observation becomes one record: its dimensions, its value (``OBS_VALUE`` or the message's own measures) and the
attributes that hold for it, whether they stand at the observation, series, group or data set. ``[sdmx]`` says which
structures are meant, ``[records]`` maps records to series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from data.catalogue import Catalogue
from data.loaders import sdmx_csv, sdmx_json, sdmx_xml
from data.loaders.fetch_options import Fed
from data.loaders.record_mapping import RecordMapping
from data.loaders.records import Record, RecordReader
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, Text

MAX_FILE_BYTES = 512 << 20
Reading = Callable[[Path, tuple[str, ...]], Iterator[Record]]
FORMATS: Mapping[str, Reading] = {"xml": sdmx_xml.records, "json": sdmx_json.records, "csv": sdmx_csv.records}


class SdmxLayout(Declared):
    """The form of the message, and the structures it may follow (``ECB:EXR(1.0)``); another one refuses the file."""

    format: Literal["xml", "json", "csv"]
    structures: tuple[Text, ...] = Field(min_length=1)


class SdmxOptions(Fed):
    """The sections of a source with ``loader = "sdmx"``."""

    sdmx: SdmxLayout
    records: RecordMapping


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one message; another structure, a message without data or a damaged one raises ``FileRefusedError``."""
    options: SdmxOptions = source.options
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FileRefusedError(path.name, "the file", f"at most {MAX_FILE_BYTES} bytes", str(size))
    reader = RecordReader(source, path.name, catalogue, options.records)
    return reader.read(FORMATS[options.sdmx.format](path, options.sdmx.structures))
