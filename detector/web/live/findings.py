"""Alerts, stops and gaps to records: in the words of the contract, with what they are chosen by."""

from __future__ import annotations

from collections.abc import Sequence

from detector.domain.alert import Alert, AlertEvent
from detector.domain.gap import Gap
from detector.domain.stop import Status, Stop
from detector.domain.wire import alert_line, gap_line, stop_line
from detector.web.live.shelf import Record, packed


def alert_record(alert: Alert, before: Record | None) -> tuple[Record, bytes]:
    """(the record, its line); `before`: of the revision before. An alert begins when it is opened."""
    line = alert_line(alert)
    begin, earlier = (alert.at, []) if before is None else (before.begin, before.superseded())
    return _record(alert, line, begin, earlier), line


def alert_record_of(revisions: Sequence[Alert]) -> Record:
    """The record of an alert with all its revisions, in order."""
    first, *others = (alert_line(alert) for alert in revisions)
    earlier = [packed(first), *(packed(line, first) for line in others[:-1])] if others else []
    return _record(revisions[-1], others[-1] if others else first, revisions[0].at, earlier)


def _record(alert: Alert, line: bytes, begin: float, earlier: list[bytes]) -> Record:
    stop = alert.stop
    over = alert.event is AlertEvent.RETRACTED or stop.status is not Status.OPEN
    words = _of_stop(stop) | {"severity": (alert.severity.value,), "event": (alert.event.value,)}
    return Record((begin, alert.id), alert.at, not over, begin, begin, words, packed(line), earlier)


def stop_record_of(stop: Stop) -> tuple[Record, bytes]:
    """(the record, its line). A stop lasts from the earliest landing to the latest departure."""
    line = stop_line(stop)
    landed, departed = stop.landed, stop.departed
    begin = landed.latest if landed.earliest is None else landed.earliest
    end = departed.latest if departed is not None else None
    if end is None and stop.status is not Status.OPEN:
        end = max(landed.latest, stop.revised_at)
    lasting = stop.status is Status.OPEN
    return Record((stop.opened_at, stop.id), stop.revised_at, lasting, begin, end, _of_stop(stop), packed(line)), line


def gap_record(gap: Gap) -> tuple[Record, bytes]:
    """(the record, its line)."""
    line = gap_line(gap)
    words: dict[str, tuple[str, ...]] = {
        "icao24": (gap.icao24,),
        "callsign": (gap.callsign,) if gap.callsign else (),
        "class": (gap.kind.value,),
        "stop": (gap.stop_id,) if gap.stop_id else (),
    }
    changed_at = gap.begin if gap.end is None else gap.end
    return Record((gap.begin, gap.id), changed_at, False, gap.begin, gap.end, words, packed(line)), line


def _of_stop(stop: Stop) -> dict[str, tuple[str, ...]]:
    callsigns = dict.fromkeys(sign for sign in (stop.callsign_in, stop.callsign_out) if sign)
    return {
        "icao24": (stop.icao24,),
        "registration": (stop.registration,) if stop.registration else (),
        "callsign": tuple(callsigns),
        "airport": (stop.airport,) if stop.airport else (),
        "country": (stop.country,) if stop.country else (),
        "rule": tuple(dict.fromkeys(finding.rule for finding in stop.findings)),
        "status": (stop.status.value,),
        "kind": (stop.kind.value,),
        "level": (str(int(stop.level)),),
        "held": ("true",) if stop.held is not None else ("false",),
    }
