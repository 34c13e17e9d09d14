"""The catalogue: what can be shown, declared in TOML and CSV files and checked when the application starts.

``load_catalogue(folder)`` reads one folder. Another district is another folder; no Python changes.
"""

from data.catalogue.errors import CatalogueError, UnknownKeyPartError
from data.catalogue.loading import load_catalogue
from data.catalogue.models import (
    Catalogue,
    Cluster,
    Code,
    CodeList,
    District,
    Indicator,
    MapName,
    Place,
    Region,
    Theme,
    Unit,
)

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Cluster",
    "Code",
    "CodeList",
    "District",
    "Indicator",
    "MapName",
    "Place",
    "Region",
    "Theme",
    "Unit",
    "UnknownKeyPartError",
    "load_catalogue",
]
