"""Visits for tests, drawn and made."""

from __future__ import annotations

from hypothesis import strategies as st

from detector.domain.visit import Visit

BEGIN = 1_700_000_000  # 2023-11-14
SPAN_S = 100 * 86_400


def visit(number: int, **changed: object) -> Visit:
    values: dict[str, object] = {
        "id": f"v{number}",
        "icao24": f"{0x400000 + number:06x}",
        "airport": "LSZH",
        "landed_at": float(BEGIN + number * 3600),
        "level": 4,
        "source": "replay test",
    }
    return Visit(**values | changed)  # type: ignore[arg-type]  # the values are those of a visit


TEXT = st.sampled_from(["", "A320", "B738", "Ünïted", "x, y", "~"])
SECONDS = st.integers(0, 10**12).map(lambda microseconds: microseconds / 1e6)
LANDED = st.integers(0, SPAN_S * 10**6).map(lambda microseconds: (BEGIN * 10**6 + microseconds) / 1e6)


def drawn(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Visit]:
    return st.builds(
        Visit,
        id=ids,
        icao24=st.integers(0, 0xFFFFFF).map(lambda address: f"{address:06x}"),
        airport=st.sampled_from(["LSZH", "ZKPY", "KJFK"]),
        landed_at=LANDED,
        departed_at=st.none() | LANDED,
        ground_min_s=st.none() | SECONDS,
        ground_max_s=st.none() | SECONDS,
        level=st.integers(2, 4),
        registration=TEXT,
        type_code=TEXT,
        operator=TEXT,
        state=st.sampled_from(["", "CH", "KP"]),
        military=st.none() | st.booleans(),
        callsign_in=TEXT,
        callsign_out=TEXT,
        origin=TEXT,
        destination=TEXT,
        source=st.sampled_from(["service", "bts a"]),
    )
