"""Findings to alerts: one alert a stop, whatever number of rules fired, in revisions, with the journey that follows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec

from detector.alerting import journey
from detector.alerting.settings import AlertSettings
from detector.domain.alert import Alert, AlertEvent, Evidence, JourneyStep
from detector.domain.observation import AircraftState
from detector.domain.stop import SEVERITY_ORDER, Level, Severity, Status, Stop
from detector.domain.units import SECONDS_PER_HOUR
from detector.reference import Airports

Witness = Callable[[str], Evidence | None]
"""Address to the evidence that an alert on the aircraft rests on."""


class Watch(msgspec.Struct):
    """An alert in force: its last revision, until when the aircraft is followed, and the last journey revision."""

    alert: Alert
    until: float | None = None
    journey: tuple[JourneyStep, ...] = ()
    told_at: float = 0.0


class AlertBook:
    """The alerts in force. Every method gives the revisions that a change makes, in order."""

    def __init__(self, settings: AlertSettings, airports: Airports, witness: Witness) -> None:
        self._settings = settings
        self._airports = airports
        self._witness = witness
        self.watches: dict[str, dict[str, Watch]] = {}
        """By address, then by stop id."""

    def follows(self, icao24: str) -> bool:
        """Whether the aircraft is under watch."""
        return icao24 in self.watches

    def stop_changed(self, stop: Stop) -> list[Alert]:
        """A stop in a new revision, with its findings."""
        made = self._journeys_with(stop)
        watch = self.watches.get(stop.icao24, {}).get(stop.id)
        alertable = bool(stop.findings) and stop.level >= Level.ONE_SIDE and stop.status is not Status.RETRACTED
        if watch is None and not alertable:
            return made
        if watch is None:
            watch = Watch(self._first(stop))
            self.watches.setdefault(stop.icao24, {})[stop.id] = watch
            made.append(watch.alert)
        else:
            if not alertable:
                event = AlertEvent.RETRACTED
            elif stop.status is Status.CLOSED and watch.alert.stop.status is not Status.CLOSED:
                event = AlertEvent.CLOSED
            else:
                event = AlertEvent.UPDATED
            made.append(self._revise(watch, event, stop.revised_at, stop))
            if event is AlertEvent.RETRACTED:
                self._forget(stop.icao24, stop.id)
                return made
        left = stop.departed.latest if stop.departed is not None else None
        watch.until = None if left is None else left + self._settings.journey_hours * SECONDS_PER_HOUR
        return made

    def heard(self, icao24: str, state: AircraftState, at: float, *, airborne: bool, quiet: bool) -> list[Alert]:
        """A followed aircraft was heard (`quiet`: has fallen silent) with this state."""
        made = []
        for stop_id, watch in list(self.watches.get(icao24, {}).items()):
            if watch.until is not None and at > watch.until:
                self._forget(icao24, stop_id)
                continue
            if watch.alert.stop.departed is None or not airborne:
                continue
            before = watch.journey
            watch.journey = journey.flown(before, state, at, self._airports)
            due = quiet or at - watch.told_at >= self._settings.journey_update_s
            if watch.journey != watch.alert.journey and (due or not journey.same(before, watch.journey)):
                made.append(self._revise(watch, AlertEvent.UPDATED, at, watch.alert.stop))
        return made

    def _journeys_with(self, stop: Stop) -> list[Alert]:
        """A stop also is a step in the journeys of the aircraft's earlier alerts."""
        made = []
        for stop_id, watch in self.watches.get(stop.icao24, {}).items():
            if stop_id == stop.id or stop.opened_at < watch.alert.stop.opened_at:
                continue
            watch.journey = journey.stopped(watch.journey, stop)
            if watch.journey != watch.alert.journey:
                made.append(self._revise(watch, AlertEvent.UPDATED, stop.revised_at, watch.alert.stop))
        return made

    def _first(self, stop: Stop) -> Alert:
        digest = hashlib.sha256(stop.id.encode()).hexdigest()
        return Alert(
            id=f"alert-{digest[:20]}",
            revision=1,
            event=AlertEvent.OPENED,
            at=stop.revised_at,
            severity=_severity(stop),
            stop=stop,
            evidence=self._witness(stop.icao24),
        )

    def _revise(self, watch: Watch, event: AlertEvent, at: float, stop: Stop) -> Alert:
        old = watch.alert
        evidence = old.evidence if stop is old.stop else self._witness(stop.icao24)
        watch.alert = msgspec.structs.replace(
            old,
            revision=old.revision + 1,
            event=event,
            at=at,
            stop=stop,
            severity=_severity(stop) if stop.findings else old.severity,
            journey=watch.journey,
            evidence=evidence,
        )
        watch.told_at = at
        return watch.alert

    def _forget(self, icao24: str, stop_id: str) -> None:
        mine = self.watches[icao24]
        del mine[stop_id]
        if not mine:
            del self.watches[icao24]

    def restore(self, watches: Iterable[Watch]) -> None:
        """Put back what `watches` held."""
        self.watches = {}
        for watch in watches:
            self.watches.setdefault(watch.alert.stop.icao24, {})[watch.alert.stop.id] = watch


def _severity(stop: Stop) -> Severity:
    return max((finding.severity for finding in stop.findings), key=lambda severity: SEVERITY_ORDER[severity])
