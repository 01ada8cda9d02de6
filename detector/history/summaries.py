"""What the archive knows of a field, and of an aircraft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detector.history.archive import Archive
from detector.history.engine import pl
from detector.scoring.baselines import CLOSE_S

MOST_FREQUENT = 5
QUARTILES = (0.25, 0.5, 0.75)

Record = dict[str, Any]


def of_field(archive: Archive, code: str) -> Record:
    """Visits at a field: how many, of how many aircraft, from when to when; the most frequent types and operators;
    quartiles of the time on the ground, seconds, by the middle of its bounds, where these are close enough to learn
    from; None where no visit has such bounds."""
    at = archive.ask(lambda visits: visits.filter(pl.col("airport") == code))
    low, high = pl.col("ground_min_s"), pl.col("ground_max_s")
    close = at.filter((high - low) <= CLOSE_S)
    bounded = close.select(ground_s=(low + high) / 2.0)["ground_s"].drop_nulls()
    quartiles = [bounded.quantile(q, "linear") for q in QUARTILES]
    return {
        "airport": code,
        "visits": len(at),
        "aircraft": at["icao24"].n_unique(),
        **_days(at),
        "types": _most_frequent(at, "type_code"),
        "operators": _most_frequent(at, "operator"),
        "states": _most_frequent(at, "state"),
        "origins": _most_frequent(at, "origin"),
        "destinations": _most_frequent(at, "destination"),
        "ground_time_s": {
            "visits": len(bounded),
            **{
                name: _rounded(value)
                for name, value in zip(("quarter", "half", "three_quarters"), quartiles, strict=True)
            },
        },
    }


def of_aircraft(archive: Archive, addresses: Sequence[str], registration: str) -> Record:
    """Visits of the aircraft with one of these addresses, or under this registration ("" = of no matter which): its
    fields with their counts, first and last day."""
    mine = pl.col("icao24").is_in(list(addresses))
    if registration:
        mine |= pl.col("registration").str.replace_all("-", "", literal=True).str.to_uppercase() == _plain(registration)
    of = archive.ask(lambda visits: visits.filter(mine))
    return {
        "icao24": of["icao24"].unique().sort().to_list(),
        "registrations": [name for name in of["registration"].unique().sort().to_list() if name],
        "visits": len(of),
        **_days(of),
        "fields": _most_frequent(of, "airport", len(of)),
    }


def _plain(registration: str) -> str:
    return registration.strip().replace("-", "").upper()


def _days(visits: pl.DataFrame) -> Record:
    landed = visits["landed_at"].sort()
    first, last = (landed[0], landed[-1]) if len(landed) else (None, None)
    return {
        "first_day": None if first is None else first.date().isoformat(),
        "last_day": None if last is None else last.date().isoformat(),
    }


def _most_frequent(visits: pl.DataFrame, column: str, most: int = MOST_FREQUENT) -> list[Record]:
    """Values with their counts, the most frequent first; what is not known is left out."""
    counts = visits.filter(pl.col(column) != "").group_by(column).len("visits")
    ordered = counts.sort(["visits", column], descending=[True, False]).head(most)
    return [{"name": name, "visits": n} for name, n in ordered.iter_rows()]


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
