"""The fields of a generated world: columns of real ones, and which of them airlines fly to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distances_nm

F64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

AIRLINE_FT = 6_000.0
SERVED_FIELDS = 600
"""So many of the fields with an IATA code and a longer runway have scheduled traffic."""
HUBS = (
    "EGLL LFPG EDDF EHAM LEMD LIRF LTFM UUEE UUDD UMMS LLBG OLBA OSDI OIIE OIII ORBI OMDB "
    "OTHH OERK HECA FAOR DNMM HAAB VIDP VABB OPKC VHHH WSSS RJTT RKSI ZBAA ZSPD UHWW UHHH "
    "UNNT UWKD USSS ZKPY SVMI MUHA SKBO SBGR SAEZ MMMX KJFK KLAX KORD KATL KDEN PANC CYYZ "
    "YSSY NZAA HSSS HLLT OAKB UTTT UBBB UGTB UDYZ LUKK LYBE LHBP LOWW EPWA ESSA BIKF CYQX"
)
"""Always among them, and the busiest: bases of airlines, and fields that published cases are about."""


@dataclass(frozen=True, eq=False)
class FieldTable:
    """Open fields: codes and ISO countries (n,), degrees float64 (n,), longest runway in feet (n,), 0 where none is
    known. `active`: indices of those with airline traffic, the busiest first, `hubs` of which are bases."""

    codes: tuple[str, ...]
    countries: tuple[str, ...]
    lat: F64
    lon: F64
    longest_runway_ft: F64
    served: npt.NDArray[np.bool_]
    """Whether they have an IATA code."""
    active: Index
    hubs: int

    def distances_nm(self, field: int) -> F64:
        """From one field to all, (n,)."""
        return distances_nm(self.lat[field : field + 1], self.lon[field : field + 1], self.lat, self.lon)

    @staticmethod
    def drawn(
        rng: np.random.Generator,
        codes: tuple[str, ...],
        countries: tuple[str, ...],
        lat: F64,
        lon: F64,
        longest_runway_ft: F64,
        served: npt.NDArray[np.bool_],
    ) -> FieldTable:
        """With active fields drawn among those that can be."""
        of = {code: i for i, code in enumerate(codes)}
        hubs = np.array([of[code] for code in HUBS.split() if code in of], np.intp)
        others = np.flatnonzero(served & (longest_runway_ft >= AIRLINE_FT))
        others = others[~np.isin(others, hubs)]
        chosen = rng.choice(others, min(SERVED_FIELDS, len(others)), replace=False)
        active = np.concatenate([rng.permutation(hubs), chosen]).astype(np.intp)
        return FieldTable(codes, countries, lat, lon, longest_runway_ft, served, active, len(hubs))
