"""What one foreign file may cost: memory, time, size, and the shape of a workbook. A source may declare its own.

The defaults are far above what the bundled files need (the largest takes 3 s and 110 MiB) and low enough that a
hostile file is refused within ten seconds.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """The ``[limits]`` table of a source; what is not declared keeps its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mib: int = Field(default=512, ge=256, le=65_536)  # address space of the reading process
    cpu_s: int = Field(default=10, ge=1, le=3_600)
    wall_s: int = Field(default=30, ge=1, le=7_200)
    file_mib: int = Field(default=200, ge=1, le=65_536)  # the file as it lies on the disk
    answer_mib: int = Field(default=512, ge=1, le=65_536)  # what the reading process may hand back
    unpacked_mib: int = Field(default=200, ge=1, le=65_536)  # all entries of a ZIP together
    ratio: int = Field(default=200, ge=10, le=100_000)  # unpacked size to packed size
    entries: int = Field(default=2_000, ge=1, le=100_000)
    rows: int = Field(default=200_000, ge=1, le=1_048_576)  # of one sheet
    columns: int = Field(default=500, ge=1, le=16_384)


DEFAULT_LIMITS = Limits()
MIB = 1024 * 1024
