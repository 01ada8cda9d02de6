"""Quiet hours: a part of the day in which an endpoint is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from detector.domain.stop import SEVERITY_ORDER, Severity
from detector.domain.times import EPOCH


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` (counts) to `end` (does not) on the clock of `zone`, across midnight where `end` is the earlier.

    What is at least `unless` severe is told all the same.
    """

    begin: time
    end: time
    zone: tzinfo
    unless: Severity | None = None

    def wake_at(self, at: float, severity: Severity) -> float:
        """The moment at which something due `at` may be told: `at` itself, or the end of the quiet hours. Unix s UTC.

        On the days on which the clocks change, a `begin` or `end` within the hour that is left out counts as the same
        span after midnight in the old time (PEP 495), and of an hour that comes twice the first one counts.
        """
        if self.unless is not None and SEVERITY_ORDER[severity] >= SEVERITY_ORDER[self.unless]:
            return at
        today = (EPOCH + timedelta(seconds=at)).astimezone(self.zone).date()
        for day in (today - timedelta(days=1), today):
            begin = self._unix(day, self.begin)
            end = self._unix(day if self.end > self.begin else day + timedelta(days=1), self.end)
            if begin <= at < end:
                return end
        return at

    def _unix(self, day: date, clock: time) -> float:
        local = datetime.combine(day, clock, self.zone)
        return (local.astimezone(UTC) - EPOCH) / timedelta(seconds=1)
