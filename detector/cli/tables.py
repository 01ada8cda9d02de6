"""What a person reads at the end of a replay: stops, alerts with their journeys, movements, and the sums."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detector.app import ReplayResult
from detector.cli.disturbances import Disturbance, disturbance_text, disturbances
from detector.cli.placed import placed
from detector.domain.alert import Alert, JourneyStep
from detector.domain.durations import duration_text
from detector.domain.movement import Movement
from detector.domain.stop import Level, Moment, Stop
from detector.domain.times import iso
from detector.web.replay_map.words import contradiction_text, held_text, off_field_text, stands

LEVEL_WORDS = {4: "4 observed", 3: "3 inferred", 2: "2 inferred", 1: "1 dark", 0: "0 rejected"}
MOVEMENTS_SHOWN = 12
"""More movements than this are only counted."""
PLAIN_WIDTH = 110
"""Columns of output that goes to a file or a pipe."""


def console(*, stderr: bool) -> Console:
    """A console for people: as wide as the terminal, and of a fixed width where there is none."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


def print_result(result: ReplayResult, to: Console, unit: str = "frames") -> None:
    """Tables of stops and alerts, then the summary. `unit`: what the input is made of."""
    if result.stops:
        to.print(stops_table(result.stops))
        print_doubts(result.stops, to)
    else:
        to.print("No stops.")
    alerts = latest(result.alerts)
    if alerts:
        to.print(alerts_table(alerts))
        for alert in alerts:
            print_journey(alert, to)
    else:
        to.print("No alerts.")
    if 0 < len(result.movements) <= MOVEMENTS_SHOWN:
        to.print(movements_table(placed(result.movements, result.stops)))
    print_disturbances(disturbances(result.areas), to)
    print_summary(result, to, unit)


def latest(alerts: Iterable[Alert]) -> list[Alert]:
    """The last revision of each alert, in the order in which they were opened."""
    last: dict[str, Alert] = {}
    for alert in alerts:
        last[alert.id] = alert
    return list(last.values())


def stops_table(stops: Iterable[Stop]) -> Table:
    """Two lines a stop."""
    table = _table("Stops", "aircraft", "field", "level", "landed (UTC)", "departed (UTC)", "on the ground")
    for stop in stops:
        table.add_row(
            escape(_aircraft(stop)),
            escape(f"{stop.airport or _no_field(stop)}\n{stop.country or ''}"),
            f"{LEVEL_WORDS[int(stop.level)]}\n{stop.status}{', held' if stop.held else ''}",
            *_times(stop),
        )
    return table


def print_doubts(stops: Iterable[Stop], to: Console) -> None:
    """Why stops are rejected, taken back, or held, where these are few."""
    told = [(stop, contradiction_text(stop) or held_text(stop)) for stop in stops]
    told = [(stop, why) for stop, why in told if why]
    for stop, why in told[:MOVEMENTS_SHOWN]:
        what = stop.status if stop.retraction else "held" if stop.held else "rejected"
        to.print(escape(f"{stop.icao24} at {stop.airport or 'no named field'}, {what}: {why}"), soft_wrap=True)
    if len(told) > MOVEMENTS_SHOWN:
        to.print(f"... and {len(told) - MOVEMENTS_SHOWN:,} more that are rejected or held; --stops has them")
    if told:
        to.print()


def alerts_table(alerts: Iterable[Alert]) -> Table:
    """One row a finding, under its alert."""
    table = _table("Alerts", "aircraft", "field", "state", "finding", "reason")
    for alert in alerts:
        level = f"level {LEVEL_WORDS[int(alert.stop.level)]}"
        head = [
            escape("\n".join(part for part in (alert.stop.registration, alert.stop.icao24) if part)),
            escape(alert.stop.airport or "-"),
            f"{alert.stop.status}, {alert.severity}\n{level}\nrevision {alert.revision}",
        ]
        for finding in alert.stop.findings:
            table.add_row(*head, f"{finding.rule}\n{finding.certainty}", escape(finding.reason))
            head = [""] * 3
        if not alert.stop.findings:
            table.add_row(*head, "-", escape(alert.stop.retraction or "no rule fires any more"))
    return table


def movements_table(movements: Iterable[Movement]) -> Table:
    """One row a movement: those that bound a stop, and those that were none."""
    table = _table("Movements", "aircraft", "what", "field", "when (UTC)", "how it is known")
    for movement in movements:
        earliest, latest = iso(movement.earliest), iso(math.ceil(movement.latest))
        when = f"{earliest[:10]} {earliest[11:19]}"
        if latest != earliest:
            when += f" .. {latest[11:19] if latest[:10] == earliest[:10] else latest[:19].replace('T', ' ')}"
        kind = movement.kind.value.replace("_", "-")
        table.add_row(escape(movement.icao24), kind, escape(movement.airport or "-"), when, escape(movement.reason))
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_journey(alert: Alert, to: Console) -> None:
    """Where the aircraft went after the stop."""
    if not alert.journey:
        return
    place = alert.stop.airport or ("the silence" if alert.stop.level is Level.DARK else "the stop")
    name = alert.stop.registration or alert.stop.icao24
    to.print(f"Journey of {escape(name)} after {escape(place)}, times UTC:")
    for step in alert.journey:
        to.print(f"  {escape(_step(step))}", soft_wrap=True)
    to.print()


def print_disturbances(areas: list[Disturbance], to: Console) -> None:
    """Where many positions at once were not to be believed, if anywhere."""
    if not areas:
        return
    to.print("Satellite navigation disturbed, times UTC, up to an hour after the last sign of it:")
    for area in areas[:MOVEMENTS_SHOWN]:
        to.print(f"  {disturbance_text(area)}", soft_wrap=True)
    if len(areas) > MOVEMENTS_SHOWN:
        to.print(f"  ... and {len(areas) - MOVEMENTS_SHOWN:,} more; --json has them")
    to.print()


def print_summary(result: ReplayResult, to: Console, unit: str = "frames") -> None:
    """Frames, aircraft, time, movements, and what was dropped, by reason."""
    span = f"{iso(result.first_at)} to {iso(result.last_at)}" if result.first_at and result.last_at else "no time"
    rate = result.frames / result.elapsed_s if result.elapsed_s else 0.0
    to.print(
        f"{result.frames:,} {unit} of {result.aircraft:,} aircraft, {span}; "
        f"{result.elapsed_s:.1f} s, {rate:,.0f} {unit}/s",
        soft_wrap=True,
    )
    kinds: dict[str, int] = {}
    for movement in result.movements:
        name = movement.kind.value.replace("_", "-")
        kinds[name] = kinds.get(name, 0) + 1
    if kinds:
        sums = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items()))
        more = f" ({len(result.movements):,} movements; --json lists them)"
        to.print(f"Movements: {sums}{more if len(result.movements) > MOVEMENTS_SHOWN else ''}", soft_wrap=True)
    counts = result.rejects.counts
    dropped = ", ".join(f"{reason} {counts[reason]:,}" for reason in sorted(counts)) or "nothing"
    to.print(f"Not used: {dropped}", soft_wrap=True)
    for note in result.notes:
        to.print(f"Note: {escape(note)}", soft_wrap=True)


def _callsigns(stop: Stop) -> str:
    names = [name for name in (stop.callsign_in, stop.callsign_out) if name]
    return " / ".join(dict.fromkeys(names)) or "-"


def _aircraft(stop: Stop) -> str:
    """Registration and type, then the address and the call signs, as far as they are known."""
    known = " ".join(part for part in (stop.registration, stop.type_code) if part)
    heard = _callsigns(stop)
    return f"{known}\n{stop.icao24} {heard}".rstrip(" -") if known else f"{stop.icao24}\n{heard}"


def _no_field(stop: Stop) -> str:
    if stop.level is Level.DARK:
        return "not known"
    return "no field" if off_field_text(stop) else "not named"


def _times(stop: Stop) -> tuple[str, str, str]:
    """Landed, departed, on the ground; of a silence that may have been no stop only what bounds it."""
    departed = _moment(stop.departed) if stop.departed else "-"
    if stop.level is Level.DARK and stands(stop):
        return f"if so\n{_moment(stop.landed)}", f"if so\n{departed}", "whether it landed\nis not known"
    return _moment(stop.landed), departed, _ground_time(stop)


def _moment(moment: Moment) -> str:
    if moment.observed:
        return f"{_minute(moment.estimate)}\nseen"
    earliest = "unknown" if moment.earliest is None else _minute(moment.earliest)
    latest = _minute(math.ceil(moment.latest / 60) * 60)  # outwards, so that the truth stays inside
    same_day = moment.earliest is not None and earliest[:10] == latest[:10]
    return f"{earliest}\n.. {latest[11:] if same_day else latest}"


def _minute(at: float) -> str:
    return iso(at)[:16].replace("T", " ")


def _ground_time(stop: Stop) -> str:
    time = stop.ground_time
    if time is None:
        return "not heard leaving"
    if time.max is None:
        return f"{duration_text(time.min)} or more"
    if time.max - time.min < 60:
        return duration_text(time.estimate)
    return f"{duration_text(time.min)} .. {duration_text(time.max)}"


def _step(step: JourneyStep) -> str:
    begin = _minute(step.at)
    end = _minute(step.until) if step.until is not None else ""
    who = f" as {step.callsign}" if step.callsign else ""
    if step.kind == "stop":
        stay = f" until {end}" if end else ", not heard leaving"
        return f"{begin}  stop at {step.airport or 'a field not named'} (level {step.level}){who}{stay}"
    track = "" if step.track_deg is None else f", track {step.track_deg:.0f} degrees"
    height = "" if step.altitude_ft is None else f" at {step.altitude_ft:,.0f} ft"
    place = f"{step.latitude_deg:.2f} {step.longitude_deg:.2f}" if step.latitude_deg is not None else "?"
    where = step.near or place
    return f"{begin}  in flight{who}, last heard {end} {where} ({place}){height}{track}"
