"""Fields near to each other: one city, of which the place is known and the field may not be."""

from __future__ import annotations

from detector.domain.geo import distance_nm
from detector.domain.stop import Candidate
from detector.movements.checks import CERTAIN_ENOUGH
from detector.reference import Airports

CITY_NM = 15.0
"""Five fields around one city lie within this; an aircraft lost some thousands of feet up was bound for one of them."""
RIVAL_NM = 2.7
"""5 km: two runways so near to each other are told apart only by who was heard on the ground."""
RIVAL_SHARE = 0.1


def one_place(candidates: tuple[Candidate, ...], airports: Airports) -> bool:
    """Whether it was, likelier than not, at the likeliest field or at one of the same city."""
    near = [c.probability for c in candidates if _apart_nm(candidates[0], c, airports) <= CITY_NM]
    return sum(near) >= CERTAIN_ENOUGH


def rivalled(candidates: tuple[Candidate, ...], airports: Airports) -> bool:
    """Whether a field next to the likeliest one may as well have been it."""
    return any(
        other.probability > RIVAL_SHARE and _apart_nm(candidates[0], other, airports) <= RIVAL_NM
        for other in candidates[1:]
    )


def _apart_nm(one: Candidate, other: Candidate, airports: Airports) -> float:
    i, j = airports.index_of(one.airport), airports.index_of(other.airport)
    if i is None or j is None:
        return float("inf")
    return distance_nm(float(airports.lat[i]), float(airports.lon[i]), float(airports.lat[j]), float(airports.lon[j]))
