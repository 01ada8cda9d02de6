"""What a map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from detector.domain.alert import Alert
from detector.domain.stop import Level, Status, Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.replay_map.markup import Markup


@dataclass(frozen=True, slots=True, eq=False)
class MapCase:
    """One replay as a person should see it.

    title            of the page
    generated_from   names of the recordings
    tracks           of the aircraft of alerts and stops, and of others while they are few
    stops, alerts    the last revision of each
    notes            what else the reader must know: settings, receivers, what was left out
    pictures         of alerts, by id: SVG to stand in the page (`detector.web.picture`)
    """

    title: str
    generated_from: str
    tracks: Sequence[Track]
    stops: Sequence[Stop]
    alerts: Sequence[Alert]
    airports: Airports
    notes: Sequence[str] = field(default=())
    pictures: Mapping[str, Markup] = field(default_factory=dict)


def believed(stop: Stop) -> bool:
    """A stop that a line may be drawn to: at a named field, on evidence from one side at least, not taken back."""
    return stop.airport is not None and stop.level >= Level.ONE_SIDE and stop.status is not Status.RETRACTED
