"""A few fields with their places."""

from __future__ import annotations

import numpy as np

from detector.scoring import Places

FIELDS = {
    # code: degrees, longest runway in feet, has an IATA code
    "LSZH": (47.46, 8.55, 12_139.0, True),
    "LFPG": (49.01, 2.55, 13_829.0, True),
    "UHWW": (43.40, 132.15, 11_483.0, True),
    "ZKPY": (39.22, 125.67, 11_483.0, True),
    "UUEE": (55.97, 37.41, 12_139.0, True),
    "LSZB": (46.91, 7.50, 5_676.0, True),
    "LSZF": (47.44, 8.23, 2_379.0, False),
}
_ROWS = {code: row for row, code in enumerate(FIELDS)}
_VALUES = list(FIELDS.values())
PLACES = Places(
    _ROWS.get,
    np.array([value[0] for value in _VALUES]),
    np.array([value[1] for value in _VALUES]),
    np.array([value[2] for value in _VALUES]),
    np.array([value[3] for value in _VALUES]),
)
