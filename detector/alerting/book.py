"""Findings to alerts: one alert a stop, whatever number of rules fired, in revisions, with the journey that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from detector.alerting import journey
from detector.alerting.settings import AlertSettings
from detector.domain.alert import Alert, AlertEvent, Evidence, JourneyStep, TableUsed, alert_id
from detector.domain.observation import AircraftState
from detector.domain.stop import SEVERITY_ORDER, Finding, Level, Severity, Status, Stop
from detector.domain.units import SECONDS_PER_HOUR
from detector.reference import Airports

Witness = Callable[[Stop], Evidence | None]
"""A stop to the evidence that an alert on it rests on."""
Onward = Callable[[Stop, tuple[JourneyStep, ...]], Finding | None]
"""A stop and the journey after it to what is to be told of that."""


EXPIRY_SLACK_S = 3600.0
"""Watches are cleared away this long after their end: a frame may still be late, and nobody waits for the memory."""


class Watch(msgspec.Struct):
    """An alert with its last revision, the journey as it stands now, and the time of the last revision (Unix s UTC)."""

    alert: Alert
    journey: tuple[JourneyStep, ...] = ()
    told_at: float = 0.0

    @property
    def in_force(self) -> bool:
        """False once taken back. It is kept all the same: should the stop count again, its revisions go on."""
        return self.alert.event is not AlertEvent.RETRACTED


class AlertBook:
    """The alerts and their watches. Every method gives the revisions that a change makes, in order.

    An aircraft is followed for `journey_hours` after it left the stop - or, as long as nobody has seen it leave, after
    it was there at the latest. The alert itself stays open as long as its stop does.
    """

    def __init__(
        self,
        settings: AlertSettings,
        airports: Airports,
        witness: Witness,
        onward: Onward,
        reference: tuple[TableUsed, ...] = (),
    ) -> None:
        """`reference`: tables and lists that all revisions are made with."""
        self._settings = settings
        self._reference = reference
        self._airports = airports
        self._witness = witness
        self._onward = onward
        self._look_at = float("-inf")
        self.watches: dict[str, dict[str, Watch]] = {}
        """By address, then by stop id."""

    def follows(self, icao24: str, at: float) -> bool:
        """Whether the aircraft is under watch at that time."""
        until = self.followed_until(icao24)
        return until is not None and at <= until

    def followed_until(self, icao24: str) -> float | None:
        """When the watch over the aircraft ends, None if it is under none."""
        mine = self.watches.get(icao24, {}).values()
        return max((self._until(watch) for watch in mine if watch.in_force), default=None)

    def stop_changed(self, stop: Stop) -> list[Alert]:
        """A stop in a new revision, with its findings."""
        made = self._journeys_with(stop)
        watch = self.watches.get(stop.icao24, {}).get(stop.id)
        alertable = bool(stop.findings) and stop.level >= Level.DARK and stop.status is not Status.RETRACTED
        if watch is None:
            if alertable:
                watch = Watch(self._first(stop), told_at=stop.revised_at)
                self.watches.setdefault(stop.icao24, {})[stop.id] = watch
                made.append(watch.alert)
        elif alertable or watch.in_force:
            made.append(self._revise(watch, _event(watch, stop, alertable=alertable), stop.revised_at, stop))
        return made

    def heard(self, icao24: str, state: AircraftState, at: float, *, airborne: bool, quiet: bool) -> list[Alert]:
        """A followed aircraft was heard (`quiet`: has fallen silent) with this state.

        That alone makes a revision only when it falls silent, or when the last revision is old.
        """
        made = []
        for watch in self._followed(icao24, at):
            departed = watch.alert.stop.departed
            if departed is None or not airborne:
                continue
            watch.journey = journey.flown(watch.journey, state, departed.latest, self._airports)
            due = quiet or at - watch.told_at >= self._settings.journey_update_s
            if due and watch.journey != watch.alert.journey:
                made.append(self._revise(watch, AlertEvent.UPDATED, at, watch.alert.stop))
        return made

    def expire(self, now: float) -> list[str]:
        """Forget what is over; the ids of the stops forgotten. Only memory depends on when this is called."""
        over_now: list[str] = []
        if now < self._look_at:
            return over_now
        self._look_at = now + EXPIRY_SLACK_S
        for icao24, mine in list(self.watches.items()):
            for stop_id, watch in list(mine.items()):
                over = self._until(watch) + EXPIRY_SLACK_S < now
                if over and watch.alert.stop.status is not Status.OPEN:
                    del mine[stop_id]
                    over_now.append(stop_id)
            if not mine:
                del self.watches[icao24]
        return over_now

    def alert_on(self, stop: Stop) -> Alert | None:
        """The last revision of the stop's alert, also of one that was taken back; None if it has none."""
        watch = self.watches.get(stop.icao24, {}).get(stop.id)
        return None if watch is None else watch.alert

    def _until(self, watch: Watch) -> float:
        stop = watch.alert.stop
        there = stop.departed.latest if stop.departed is not None else stop.landed.latest
        return there + self._settings.journey_hours * SECONDS_PER_HOUR

    def _followed(self, icao24: str, at: float) -> list[Watch]:
        """Watches that go on, the oldest stop first (in any order they came back from a store)."""
        mine = [w for w in self.watches.get(icao24, {}).values() if w.in_force and at <= self._until(w)]
        return sorted(mine, key=lambda w: (w.alert.stop.opened_at, w.alert.stop.id))

    def _journeys_with(self, stop: Stop) -> list[Alert]:
        """A stop also is a step in the journeys of the aircraft's earlier alerts."""
        made = []
        for watch in self._followed(stop.icao24, stop.revised_at):
            if stop.id == watch.alert.stop.id or stop.opened_at < watch.alert.stop.opened_at:
                continue
            with_stop = journey.stopped(watch.journey, stop)
            # A leg that has begun meanwhile is no reason for a revision.
            if with_stop != watch.journey:
                watch.journey = with_stop
                made.append(self._revise(watch, AlertEvent.UPDATED, stop.revised_at, watch.alert.stop))
        return made

    def _first(self, stop: Stop) -> Alert:
        return Alert(
            id=alert_id(stop.id),
            revision=1,
            event=AlertEvent.OPENED,
            at=stop.revised_at,
            severity=_severity(stop),
            stop=stop,
            evidence=self._witness(stop),
            reference=self._reference,
        )

    def _revise(self, watch: Watch, event: AlertEvent, at: float, stop: Stop) -> Alert:
        old = watch.alert
        evidence = old.evidence if stop is old.stop else self._witness(stop)
        watch.alert = msgspec.structs.replace(
            old,
            revision=old.revision + 1,
            event=event,
            at=at,
            stop=self._with_journey(stop, watch.journey),
            severity=_severity(stop) if stop.findings else old.severity,
            journey=watch.journey,
            evidence=evidence,
            reference=old.reference if stop is old.stop else self._reference,
        )
        watch.told_at = at
        return watch.alert

    def _with_journey(self, stop: Stop, journey: tuple[JourneyStep, ...]) -> Stop:
        """The stop with what is to be told of the journey, beside the other findings."""
        told = self._onward(stop, journey) if journey and stop.findings else None
        others = tuple(finding for finding in stop.findings if told is None or finding.rule != told.rule)
        return stop if told is None else msgspec.structs.replace(stop, findings=(*others, told))

    def restore(self, watches: Iterable[Watch]) -> None:
        """Put back what `watches` held."""
        self.watches = {}
        for watch in watches:
            self.watches.setdefault(watch.alert.stop.icao24, {})[watch.alert.stop.id] = watch


def _event(watch: Watch, stop: Stop, *, alertable: bool) -> AlertEvent:
    if not alertable:
        return AlertEvent.RETRACTED
    if not watch.in_force:
        return AlertEvent.OPENED
    closes = stop.status is Status.CLOSED and watch.alert.stop.status is not Status.CLOSED
    return AlertEvent.CLOSED if closes else AlertEvent.UPDATED


def _severity(stop: Stop) -> Severity:
    return max((finding.severity for finding in stop.findings), key=lambda severity: SEVERITY_ORDER[severity])
