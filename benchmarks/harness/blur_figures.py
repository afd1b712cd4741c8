"""How well one judge tells the copies of a grid apart: ranks, what one cut finds, and what the user's own cuts do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from harness.blur_grid import DRAWN, Flags, Rows, Table
from harness.optics import SHARP

# The strength at which what is found and missed is told.
SIGMA = 2.0
_REFUSED = 0.05


@dataclass(frozen=True, eq=False)
class Judged:
    """What one judge said.

    Args:
        rows: Of the grid.
        column: The judge's in `rows.scores`.
    """

    rows: Rows
    column: int

    @property
    def scores(self) -> Table:
        """(n,)"""
        return self.rows.scores[:, self.column]

    @property
    def told(self) -> Flags:
        """(n,)"""
        return self.rows.told[:, self.column]

    @property
    def sharp(self) -> Flags:
        """(n,) left sharp, of the grid itself."""
        return (self.rows.blur == SHARP) & (self.rows.nuisance != DRAWN)

    @property
    def soft(self) -> Flags:
        """(n,) blurred by `SIGMA`."""
        return (self.rows.blur != SHARP) & (self.rows.sigma == SIGMA)

    def auc(self) -> float:
        """Sharp against blurred by any strength, all nuisances and sizes together, whether told or not."""
        blurred = self.rows.blur != SHARP
        kept = self.sharp | blurred
        return float(roc_auc_score(self.sharp[kept], self.scores[kept]))

    def one_cut(self) -> float:
        """That refuses 5% of all sharp copies."""
        return float(np.quantile(self.scores[self.sharp], _REFUSED))

    def found(self, which: Flags, cut: Table | float) -> float:
        """The share said to be blurred, of those told."""
        kept = which & self.told
        return float(np.mean((self.scores < cut)[kept])) if kept.any() else float("nan")

    def answered(self, which: Flags) -> float:
        """The share told."""
        return float(np.mean(self.told[which]))

    def own_cuts(self, refused: float) -> Table:
        """(n,) cuts at each copy's size, from the sharp copies of the other half of the photographs.

        At each of three sizes the quantile of this order of the pictures as they are and under drawn nuisances, of
        those told; between sizes interpolated over the logarithm, beyond them the nearest.
        """
        rows = self.rows
        own = (rows.blur == SHARP) & np.isin(rows.nuisance, ("none", DRAWN)) & self.told
        sizes = [side for side in np.unique(rows.side) if side <= 512]
        cuts = np.empty(len(rows.scene))
        for half in (0, 1):
            here = rows.scene % 2 == half
            values = [np.quantile(self.scores[own & ~here & (rows.side == side)], refused) for side in sizes]
            cuts[here] = np.interp(np.log(rows.side[here]), np.log(sizes), values)
        return cuts

    def errors(self, cuts: Table) -> Mapping[str, tuple[float, float]]:
        """By nuisance: the share of sharp copies refused, and of blurred ones (`SIGMA`) let through, of those told."""
        names = [str(name) for name in dict.fromkeys(self.rows.nuisance) if name != DRAWN]
        return {
            name: (
                self.found(self.sharp & (self.rows.nuisance == name), cuts),
                1 - self.found(self.soft & (self.rows.nuisance == name), cuts),
            )
            for name in names
        }
