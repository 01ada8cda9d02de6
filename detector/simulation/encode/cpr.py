"""Compact position reporting, encoding (DO-260B A.1.7.3; ICAO Doc 9871 C.2.6).

Airborne positions use 17 bits over the whole globe. Surface positions use 19 bits of which the upper two are not sent:
they repeat every 90 degrees and have a resolution of about 1.25 m.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LATITUDE_ZONES = 15
"""NZ: latitude zones between the equator and a pole."""

_SENT_BITS = 17


def _transition_latitudes() -> Floats:
    """Latitudes at which the number of longitude zones falls from k to k-1, for k = 59 .. 2, ascending."""
    k = np.arange(59, 1, -1)
    a = 1 - np.cos(np.pi / (2 * LATITUDE_ZONES))
    latitudes: Floats = np.degrees(np.arccos(np.sqrt(a / (1 - np.cos(2 * np.pi / k)))))
    latitudes[-1] = 87.0  # exact by definition; the formula gives it less a rounding error
    return latitudes


TRANSITION_LATITUDES = _transition_latitudes()


def longitude_zones(lat: Floats) -> Ints:
    """NL(lat), 1 .. 59. At 87 degrees exactly NL is 2, beyond it 1."""
    magnitude = np.abs(lat)
    zones = 59 - np.searchsorted(TRANSITION_LATITUDES, magnitude, side="right")
    return np.where(magnitude == 87.0, 2, zones).astype(np.int64)


def encode_cpr(lat: npt.ArrayLike, lon: npt.ArrayLike, odd: npt.ArrayLike, *, surface: bool) -> tuple[Ints, Ints]:
    """(YZ, XZ), 17 bits each, of positions in degrees; `odd` 0 or 1 per position.

    The longitude zone is chosen by the latitude that a receiver will recover, not by the true one: the two can lie on
    different sides of a transition.
    """
    span = 2 ** (19 if surface else _SENT_BITS)
    lat_deg, lon_deg, parity = np.asarray(lat, np.float64), np.asarray(lon, np.float64), np.asarray(odd, np.int64)
    d_lat = 360.0 / (4 * LATITUDE_ZONES - parity)
    yz = np.floor(span * np.mod(lat_deg, d_lat) / d_lat + 0.5)
    recovered_lat = d_lat * (yz / span + np.floor(lat_deg / d_lat))
    d_lon = 360.0 / np.maximum(longitude_zones(recovered_lat) - parity, 1)
    xz = np.floor(span * np.mod(lon_deg, d_lon) / d_lon + 0.5)
    mask = 2**_SENT_BITS - 1
    return yz.astype(np.int64) & mask, xz.astype(np.int64) & mask
