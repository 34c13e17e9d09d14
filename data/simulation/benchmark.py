"""Bending a path so that it runs exactly through known totals and moves as smoothly as it can (Denton 1971).

With a path x₀ and unknown relative (or absolute) corrections d, minimise Σ(dₜ − dₜ₋₁)² + Σ(dₜ − dₜ₋ₛ)² + pull·Σdₜ²
subject to G·d = r, where the rows of G are the totals that are known and r what they lack. The second sum, with s
slots a year, makes a correction of the season come back a year later, so that growth on the year before stays smooth
too. The pull lets corrections fade away from the last known total instead of staying for ever. Solution:
d = A⁻¹Gᵀ(G A⁻¹Gᵀ)⁺ r, with A the matrix of the three sums.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from data.simulation.slots import Floats

PULL = 0.02
CUTOFF = 1e-11


@lru_cache(maxsize=32)
def roughness_inverse(length: int, per_year: int) -> Floats:
    """Return A⁻¹ for a path of ``length`` slots, ``per_year`` of them in a year (0: without a season)."""
    steps = np.diff(np.eye(length), axis=0)
    roughness = steps.T @ steps + PULL * np.eye(length)
    if per_year > 1:
        years = np.eye(length)[per_year:] - np.eye(length)[:-per_year]
        roughness += years.T @ years
    inverse = np.asarray(np.linalg.inv(roughness), dtype=np.float64)
    inverse.setflags(write=False)
    return inverse


def corrections(rows: Floats, lacking: Floats, per_year: int = 0) -> Floats:
    """Return the smoothest d with ``rows @ d = lacking`` for one path; contradicting rows are met at best."""
    inverse = roughness_inverse(rows.shape[1], per_year)
    scale = np.linalg.norm(rows, axis=1)
    scaled = rows / scale[:, None]
    spread = inverse @ scaled.T
    multipliers = np.linalg.lstsq(scaled @ spread, lacking / scale, rcond=CUTOFF)[0]
    return np.asarray(spread @ multipliers, dtype=np.float64)


def joint_corrections(
    weights: Floats, lacking: Floats, rows: list[tuple[int, Floats, float]], per_year: int = 0
) -> Floats:
    """Return d for several paths at once, parts of one whole.

    ``weights`` (parts × slots) says how much a correction of a part in a slot adds to the whole, which lacks
    ``lacking`` (slots). ``rows`` are known totals of one part: its position, its row, what it lacks.
    """
    parts, slots = weights.shape
    inverse = roughness_inverse(slots, per_year)
    matrix = np.zeros((slots + len(rows), parts, slots))
    for part in range(parts):
        matrix[np.arange(slots), part, np.arange(slots)] = weights[part]
    for position, (part, row, _) in enumerate(rows):
        matrix[slots + position, part] = row
    missing = np.concatenate([lacking, [short for _, _, short in rows]])
    scale = np.sqrt((matrix**2).sum(axis=(1, 2)))
    matrix /= scale[:, None, None]
    spread = matrix @ inverse
    flat = matrix.reshape(len(matrix), -1)
    multipliers = np.linalg.lstsq(flat @ spread.reshape(len(matrix), -1).T, missing / scale, rcond=CUTOFF)[0]
    solved: Floats = np.tensordot(multipliers, spread, axes=1)
    return solved
