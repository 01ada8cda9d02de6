"""One landing and the take-off after it heard twice: in frames, and in the table that readsb would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from detector.cli.simulate import fields_of
from detector.decoding import ColumnarDecoder
from detector.domain.decoded import Batch, DecodedBatch
from detector.domain.frame import FrameBatch
from detector.domain.report import ReportBatch
from detector.domain.times import parse_iso
from detector.framing.readsb_document import FleetDocuments
from detector.pipeline import Limits, Pipeline
from detector.simulation import parse_scenario, simulate
from tests.feeds.polled import document
from tests.pipeline.story import Outcome, configuration

OWN, OTHER, TABLE = 0xA1, 0xB2, 0xC3
SCENARIO = """
name: A flight heard from gate to gate
seed: 5
start: 2024-11-07T00:00:00Z
end: 2024-11-07T02:00:00Z
qnh_hpa: 1013
rates: {scale: 0.15, full_below_ft: 0, replies_per_s: 0, air_air_per_s: 0}
aircraft:
  - icao24: 71c218
    callsign: JNA641
    category: A3
    on_before_s: 300
    on_after_s: 300
    flights:
      - {from: RKPC, to: RKSI, off_block: "2024-11-07T00:10:00Z", cruise_ft: 28000}
      - {from: RKSI, to: RKPC, off_block: "2024-11-07T01:50:00Z", cruise_ft: 27000, callsign: JNA642}
receivers:
  - {name: Seoul, at: [37.62, 126.98], antenna_ft: 2800, id: "a1"}
  - {name: Jeju, at: [33.45, 126.55], antenna_ft: 2800, id: "a2"}
"""
Arriving = tuple[float, Batch]


@cache
def frames() -> FrameBatch:
    """All of one receiver, OWN."""
    scenario = parse_scenario(SCENARIO, source="twofold")
    fields = fields_of(scenario, "twofold", lambda: configuration().airports)
    told = heard_by(simulate(scenario, fields).frames, OWN)
    minute = (told.heard_at - parse_iso("2024-11-07T00:00:00Z")) / 60
    return told.take(((minute > 46) & (minute < 63)) | ((minute > 104) & (minute < 117)))


def heard_by(told: FrameBatch, receiver: int, later_s: float = 0.0) -> FrameBatch:
    """The same frames as another receiver has them, some moments later (or before)."""
    at = np.round((told.heard_at + later_s) * 1e6) / 1e6
    return FrameBatch(at, told.payload, told.length, np.full(len(told), receiver, np.uint64), told.level, told.mlat)


@cache
def tables() -> tuple[tuple[float, DecodedBatch], ...]:
    """When the table was written, and what is new in it, every other second."""
    decoder, reader, told = ColumnarDecoder(), FleetDocuments(TABLE), frames()
    known: dict[str, object] = {"hex": "71c218", "type": "adsb_icao", "flight": "JNA641"}
    heard_at = placed_at = 0.0
    found = []
    times = np.arange(int(told.heard_at[0]) - 1, int(told.heard_at[-1]) + 3, 2)
    bounds = np.searchsorted(told.heard_at, times)
    for now, a, b in zip(times[1:].tolist(), bounds[:-1], bounds[1:], strict=True):
        reports = decoder.decode(told.take(slice(int(a), int(b))))
        take_note(known, reports)
        placed = reports.positions.row[~np.isnan(reports.positions.latitude_deg)]
        heard_at = float(reports.heard_at[-1]) if len(reports) else heard_at
        placed_at = float(reports.heard_at[placed[-1]]) if len(placed) else placed_at
        ages = {"seen": round(now - heard_at, 1), "seen_pos": round(now - placed_at, 1)}
        rows = reader.read(document(now=now, aircraft=[known | ages]), now).rows
        if len(rows):
            found.append((float(now), rows))
    return tuple(found)


def take_note(known: dict[str, object], reports: ReportBatch) -> None:
    """Bring an aircraft object up to date with what was heard."""
    altitudes, velocities, positions = reports.altitudes, reports.velocities, reports.positions
    for name, values in (
        ("alt_baro", altitudes.altitude_ft[~altitudes.geometric]),
        ("gs", velocities.groundspeed_kt),
        ("track", velocities.track_deg),
        ("baro_rate", velocities.vertical_rate_fpm),
        ("lat", positions.latitude_deg),
        ("lon", positions.longitude_deg),
    ):
        told = values[~np.isnan(values)]
        if len(told):
            known[name] = float(told[-1])
    words = reports.on_ground[reports.on_ground >= 0]
    if len(words) and words[-1] == 1:
        known["alt_baro"] = "ground"
    elif len(words) and known.get("alt_baro") == "ground":
        del known["alt_baro"]


def arriving(told: FrameBatch, every_s: float = 1.0) -> list[Arriving]:
    """Frames in pieces, each when its last one was heard."""
    cuts = np.arange(told.heard_at[0], told.heard_at[-1], every_s)
    bounds = [0, *np.searchsorted(told.heard_at, cuts).tolist(), len(told)]
    pieces = [told.take(slice(a, b)) for a, b in pairwise(bounds) if b > a]
    return [(float(piece.heard_at[-1]), piece) for piece in pieces]


def late(by_s: float) -> list[Arriving]:
    """The tables, each so long after it was written."""
    return [(at + by_s, rows) for at, rows in tables()]


def together(*heard: FrameBatch) -> list[Batch]:
    """Frames of several receivers as one recording, in order of time."""
    whole = FrameBatch.concat(list(heard))
    return [whole.take(np.argsort(whole.heard_at, kind="stable"))]


def in_order(*streams: Sequence[Arriving]) -> list[Batch]:
    """All batches in the order in which they arrive."""
    return [batch for _, batch in sorted((one for stream in streams for one in stream), key=lambda one: one[0])]


def new_path(*unconfirming: int) -> Pipeline:
    s = configuration().settings
    limits = Limits(s.tracking, s.movements, s.checks, s.rules, s.alerting)
    known = configuration()
    return Pipeline(ColumnarDecoder(), known.airports, known.watchlist, limits, None, frozenset(unconfirming))


def run(batches: Sequence[Batch], path: Pipeline) -> Outcome:
    told = [path.step(batch) for batch in batches]
    told.append(path.finish())
    return Outcome.of(told, path)
