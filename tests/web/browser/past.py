"""What a service has heard before a test begins, as its spool: the Pyongyang story to its end, and once more as a
second aircraft that has just been lost on its way down to Pyongyang.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from detector.domain.frame import FrameBatch, Tick
from detector.domain.times import parse_iso
from detector.simulation import Scenario, airports_of, parse_scenario, simulate
from detector.sinks.spool import SpoolWriter
from tests.movements.worlds import real_field
from tests.service.test_scenarios import STORY

FIRST, SECOND = "15522c", "155276"
OPENED_AT = parse_iso("2024-11-07T01:36:54Z")
"""When the alert of the story is opened, by a silence of ten minutes."""
LOST_AT = parse_iso("2024-11-07T01:30:00Z")
"""After it was heard last on its way down."""
STEP_S = 60.0


def write_spool(folder: Path, now: float, opens_in_s: float) -> None:
    """`now`: Unix s; the alert on the second aircraft opens `opens_in_s` later."""
    story = _frames(_scenario())
    first = _moved(story, now - 5.0 - float(story.heard_at[-1]))
    second = _frames(_only_in(_scenario()))
    second = second.take(second.heard_at < LOST_AT)
    whole = FrameBatch.concat([first, _moved(second, now + opens_in_s - OPENED_AT)])
    whole = whole.take(np.argsort(whole.heard_at, kind="stable"))
    with SpoolWriter(
        folder, spool_id=secrets.token_hex(16), max_segment_bytes=64_000_000, max_segment_age_s=1e9
    ) as out:
        begin = float(whole.heard_at[0])
        while begin < now:
            until = min(begin + STEP_S, now)
            part = whole.take((whole.heard_at >= begin) & (whole.heard_at < until))
            if len(part):
                out.append(part, now)
            out.append(Tick(until - 0.25), now)
            begin = until


def _scenario() -> Scenario:
    return parse_scenario(STORY.read_text(encoding="utf-8"), source=STORY.name)


def _only_in(scenario: Scenario) -> Scenario:
    """A second aircraft of the same fleet on the flight in, and nobody else."""
    flown = scenario.aircraft[0]
    one = msgspec.structs.replace(flown, icao24=SECOND, callsign="RFF7093", flights=flown.flights[:1])
    return msgspec.structs.replace(scenario, aircraft=(one,), background=())


def _frames(scenario: Scenario) -> FrameBatch:
    return simulate(scenario, {code: real_field(code) for code in airports_of(scenario)}).frames


def _moved(frames: FrameBatch, by_s: float) -> FrameBatch:
    return replace(frames, heard_at=np.round(frames.heard_at + by_s, 6))
