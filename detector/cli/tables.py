"""What a person reads at the end of a replay: stops, alerts with their journeys, movements, and the sums."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detector.app import ReplayResult
from detector.domain.alert import Alert, JourneyStep
from detector.domain.stop import Moment, Stop
from detector.domain.times import iso

LEVEL_WORDS = {
    4: "4 observed",
    3: "3 inferred, both sides",
    2: "2 inferred, one side",
    1: "1 dark",
    0: "0 rejected",
}


def print_result(result: ReplayResult, console: Console) -> None:
    """Tables of stops and alerts, then the summary."""
    if result.stops:
        console.print(stops_table(result.stops))
    else:
        console.print("No stops.")
    alerts = latest(result.alerts)
    if alerts:
        console.print(alerts_table(alerts))
        for alert in alerts:
            print_journey(alert, console)
    else:
        console.print("No alerts.")
    print_summary(result, console)


def latest(alerts: Iterable[Alert]) -> list[Alert]:
    """The last revision of each alert, in the order in which they were opened."""
    last: dict[str, Alert] = {}
    for alert in alerts:
        last[alert.id] = alert
    return list(last.values())


def stops_table(stops: Iterable[Stop]) -> Table:
    """One line a stop."""
    table = Table(title="Stops", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("aircraft", "call sign", "field", "level", "status", "landed", "departed", "on the ground"):
        table.add_column(heading, overflow="fold")
    for stop in stops:
        table.add_row(
            escape(stop.icao24),
            escape(_callsigns(stop)),
            escape(f"{stop.airport or 'not named'} {stop.country or ''}".strip()),
            LEVEL_WORDS[int(stop.level)],
            stop.status,
            _moment(stop.landed),
            _moment(stop.departed) if stop.departed else "-",
            _ground_time(stop),
        )
    return table


def alerts_table(alerts: Iterable[Alert]) -> Table:
    """One line a finding, under its alert."""
    table = Table(title="Alerts", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("alert", "aircraft", "field", "state", "severity", "rule", "certainty", "reason"):
        table.add_column(heading, overflow="fold")
    for alert in alerts:
        state = f"{alert.stop.status}, revision {alert.revision}"
        head = [alert.id[:12], escape(alert.stop.icao24), escape(alert.stop.airport or "-"), state, alert.severity]
        for finding in alert.stop.findings:
            table.add_row(*head, finding.rule, finding.certainty, escape(finding.reason))
            head = [""] * 5
        if not alert.stop.findings:
            table.add_row(*head, "-", "-", escape(alert.stop.retraction or "no rule fires any more"))
    return table


def print_journey(alert: Alert, console: Console) -> None:
    """Where the aircraft went after the stop."""
    if not alert.journey:
        return
    console.print(f"Journey of {escape(alert.stop.icao24)} after {escape(alert.stop.airport or 'the stop')}:")
    for step in alert.journey:
        console.print(f"  {escape(_step(step))}", soft_wrap=True)
    console.print()


def print_summary(result: ReplayResult, console: Console) -> None:
    """Frames, aircraft, time, movements, and what was dropped, by reason."""
    span = f"{iso(result.first_at)} to {iso(result.last_at)}" if result.first_at and result.last_at else "no time"
    rate = result.frames / result.elapsed_s if result.elapsed_s else 0.0
    console.print(
        f"{result.frames:,} frames of {result.aircraft:,} aircraft, {span}; "
        f"{result.elapsed_s:.1f} s, {rate:,.0f} frames/s",
        soft_wrap=True,
    )
    kinds: dict[str, int] = {}
    for movement in result.movements:
        name = movement.kind.value.replace("_", "-")
        kinds[name] = kinds.get(name, 0) + 1
    if kinds:
        console.print("Movements: " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())), soft_wrap=True)
    counts = result.rejects.counts
    dropped = ", ".join(f"{reason} {counts[reason]:,}" for reason in sorted(counts)) or "nothing"
    console.print(f"Not used: {dropped}", soft_wrap=True)
    for note in result.notes:
        console.print(f"Note: {escape(note)}", soft_wrap=True)


def _callsigns(stop: Stop) -> str:
    names = [name for name in (stop.callsign_in, stop.callsign_out) if name]
    return " / ".join(dict.fromkeys(names)) or "-"


def _moment(moment: Moment) -> str:
    if moment.observed:
        return f"{iso(moment.estimate)[:16].replace('T', ' ')} seen"
    earliest = "?" if moment.earliest is None else iso(moment.earliest)[:16].replace("T", " ")
    return f"{earliest} .. {_end(moment)}"


def _end(moment: Moment) -> str:
    latest = iso(moment.latest)[:16].replace("T", " ")
    same_day = moment.earliest is not None and iso(moment.earliest)[:10] == latest[:10]
    return latest[11:] if same_day else latest


def _ground_time(stop: Stop) -> str:
    time = stop.ground_time
    if time is None:
        return "still there"
    if time.max is None:
        return f"{_duration(time.min)} or more"
    if time.max - time.min < 60:
        return _duration(time.estimate)
    return f"{_duration(time.min)} .. {_duration(time.max)}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _step(step: JourneyStep) -> str:
    begin = iso(step.at)[:16].replace("T", " ")
    end = iso(step.until)[:16].replace("T", " ") if step.until is not None else ""
    who = f" as {step.callsign}" if step.callsign else ""
    if step.kind == "stop":
        stay = f" until {end}" if end else ", still there"
        return f"{begin}  stop at {step.airport or 'a field not named'} (level {step.level}){who}{stay}"
    track = "" if step.track_deg is None else f", heading {step.track_deg:.0f} degrees"
    height = "" if step.altitude_ft is None else f" at {step.altitude_ft:,.0f} ft"
    place = f"{step.latitude_deg:.2f} {step.longitude_deg:.2f}" if step.latitude_deg is not None else "?"
    where = step.near or place
    return f"{begin}  in flight{who}, last heard {end} {where} ({place}){height}{track}"
