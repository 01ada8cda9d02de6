"""Which rectangles of the world the maps of a picture show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distance_nm
from detector.web.picture.case import PictureCase
from detector.web.replay_map.fields import Field, field_of
from detector.web.replay_map.lines import Way, flights
from detector.web.replay_map.projection import UNITS_PER_DEG, Box, Mercator, central_meridian

F64 = npt.NDArray[np.float64]

LEAST_DEG = 1.2
"""A flight of a few minutes is not drawn across the whole paper."""
CLOSE_NM, CLOSE_LEAST_DEG = 60.0, 0.4
CLOSER = 0.6
"""A closer map shows at most so much of the width of the first one."""
FARTHER = 1.5
"""The journey gets a map of its own where it is so much wider or higher than the flights."""
AROUND, AROUND_FIELD, AROUND_JOURNEY = 0.14, 0.35, 0.13
"""Room for words, as a share of what is shown."""


def views(case: PictureCase, way: Way | None, fields: Sequence[Field]) -> tuple[Mercator, dict[str, Box]]:
    """The projection, and what the maps show: `flights`, and where there is more to see `close` and `journey`."""
    stop = case.alert.stop
    field = field_of(case.airports, stop.airport)
    mine = [one for one in fields if one.rank == 0 or (one.rank == 2 and stop.airport is None)]
    lines = [] if way is None else flights(way, stop)
    near_lat = np.concatenate([*(line.latitude_deg for line in lines), [one.latitude_deg for one in mine]])
    near_lon = np.concatenate([*(line.longitude_deg for line in lines), [one.longitude_deg for one in mine]])
    whole_lat, whole_lon = _whole(case, way)
    whole_lat, whole_lon = np.concatenate([near_lat, whole_lat]), np.concatenate([near_lon, whole_lon])
    projection = Mercator(central_meridian(whole_lon))
    if len(whole_lat) == 0:
        return projection, {"flights": projection.world}
    whole = projection.box(whole_lat, whole_lon)
    near = projection.box(near_lat, near_lon) if len(near_lat) else whole
    boxes = {"flights": near.grown(AROUND, LEAST_DEG * UNITS_PER_DEG)}
    if whole.width > FARTHER * boxes["flights"].width or whole.height > FARTHER * boxes["flights"].height:
        boxes["journey"] = whole.grown(AROUND_JOURNEY, 2 * LEAST_DEG * UNITS_PER_DEG)
    if field is not None:
        close = _close(projection, way, field)
        if close.width < CLOSER * boxes["flights"].width or close.height < CLOSER * boxes["flights"].height:
            boxes["close"] = close
    return projection, boxes


def _whole(case: PictureCase, way: Way | None) -> tuple[F64, F64]:
    """All that was heard or inferred, and where the journey led."""
    lines = [] if way is None else way.lines
    steps = [(step.latitude_deg, step.longitude_deg) for step in case.alert.journey if step.latitude_deg is not None]
    places = np.array(steps, np.float64).reshape(-1, 2)
    return (
        np.concatenate([*(line.latitude_deg for line in lines), places[:, 0]]),
        np.concatenate([*(line.longitude_deg for line in lines), places[:, 1]]),
    )


def _close(projection: Mercator, way: Way | None, field: Field) -> Box:
    """Around a field and the last and first words near it."""
    places = [(field.latitude_deg, field.longitude_deg)]
    ends = [] if way is None else [(p.latitude_deg, p.longitude_deg) for p in way.points if p.rank == 0]
    places += [place for place in ends if distance_nm(*places[0], *place) <= CLOSE_NM]
    columns = np.array(places)
    return projection.box(columns[:, 0], columns[:, 1]).grown(AROUND_FIELD, CLOSE_LEAST_DEG * UNITS_PER_DEG)
