"""Where fields are and what they are: the little of a table of fields that features ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LONG_RUNWAY_FT = 6_000.0
SMALL, SERVED, LARGE = 0.0, 1.0, 2.0
"""Classes of fields: without an IATA code; with one; with one and a runway for airliners."""


@dataclass(frozen=True, eq=False)
class Places:
    """Fields as columns: degrees and feet float64 (n,), `served` bool (n,): it has an IATA code. `index_of` a code: its
    row."""

    index_of: Callable[[str], int | None]
    lat: F64
    lon: F64
    longest_runway_ft: F64
    served: npt.NDArray[np.bool_]

    def rows(self, codes: tuple[str, ...]) -> Ints:
        """Index of each code, -1 for one that is not known, (n,)."""
        return np.array([-1 if (i := self.index_of(code)) is None else i for code in codes], np.int64)

    def longitudes(self, codes: tuple[str, ...]) -> F64:
        """Degrees of each code, NaN for one that is not known, (n,)."""
        rows = self.rows(codes)
        longitudes: F64 = np.where(rows < 0, np.nan, self.lon[rows])
        return longitudes

    def classes(self, rows: Ints) -> F64:
        """Class of each field, NaN where it is not known, (n,)."""
        of = np.where(self.served[rows], np.where(self.longest_runway_ft[rows] >= LONG_RUNWAY_FT, LARGE, SERVED), SMALL)
        classes: F64 = np.where(rows < 0, np.nan, of)
        return classes
