"""Where a chosen industry stands between the whole, the clusters, their divisions and their three-digit groups.

The clusters say which divisions they hold, the code list (GB/T 4754) which groups a division has. What stands
elsewhere (a section, a division of no cluster, another classification) has no place in this hierarchy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from data.catalogue.models import Catalogue, Cluster

Level = Literal["whole", "cluster", "division", "group"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An industry's level with what it lies in: its cluster, its division, and its own code there.

    ``elsewhere`` is true of a choice that lies in no cluster; its level is then the whole.
    """

    level: Level = "whole"
    cluster: Cluster | None = None
    division: str = ""
    code: str = ""
    elsewhere: bool = False


def standing(catalogue: Catalogue, code: str | None) -> Standing:
    """Return where a code stands; what lies below a group (a class) stands as its group."""
    if code is None:
        return Standing()
    if code in catalogue.clusters:
        return Standing("cluster", catalogue.clusters[code], "", code)
    path = [code]
    while (parent := catalogue.code("industry", path[0]).parent) and catalogue.cluster_of(path[0]) is None:
        path.insert(0, parent)
    cluster = catalogue.cluster_of(path[0])
    if cluster is None:
        return Standing(elsewhere=True)
    return Standing("division" if len(path) == 1 else "group", cluster, path[0], path[:2][-1])


def peers(catalogue: Catalogue, code: str | None) -> tuple[str, ...]:
    """Return what an industry stands beside: every cluster, or from a division down the divisions of its cluster."""
    stands = standing(catalogue, code)
    if stands.cluster is None or stands.level == "cluster":
        return tuple(each.code for each in catalogue.clusters_in_order)
    return stands.cluster.divisions


def parts(catalogue: Catalogue, code: str | None) -> tuple[str, ...]:
    """Return what an industry is made of: a cluster's divisions, a division's groups; of a group the groups beside it.

    The whole is made of its industrial clusters.
    """
    stands = standing(catalogue, code)
    if stands.cluster is None:
        return tuple(each.code for each in catalogue.clusters_in_order if each.scope == "industrial")
    return catalogue.children("industry", stands.division) if stands.division else stands.cluster.divisions


def whole_of_parts(catalogue: Catalogue, code: str | None) -> str | None:
    """Return what ``parts`` make up: a cluster, a division, or None for all industry."""
    stands = standing(catalogue, code)
    return None if stands.cluster is None else stands.division or stands.cluster.code


def highlighted(catalogue: Catalogue, code: str | None, among: tuple[str, ...]) -> str:
    """Return which of some industries is the chosen one or holds it, or an empty text."""
    stands = standing(catalogue, code)
    holders = (stands.code, stands.division, stands.cluster.code if stands.cluster else "")
    return next((each for each in holders if each and each in among), "")
