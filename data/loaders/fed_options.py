"""Options of file loaders whose files may also come from an address or another database."""

from __future__ import annotations

from data.loaders.easyquery import EasyqueryOptions
from data.loaders.fetch_options import Fed
from data.loaders.layouts import TableOptions


class FedTableOptions(Fed, TableOptions):
    """The sections of a source with ``loader = "table"``."""


class FedEasyqueryOptions(Fed, EasyqueryOptions):
    """The sections of a source with ``loader = "easyquery"``."""
