"""One world in words: what truly happened, what was said of it, and what is wrong with that."""

from __future__ import annotations

from detector.domain.stop import Moment, Stop
from detector.domain.times import iso
from tests.families.verdicts import play_and_judge


def shown(family: str, seed: int) -> str:
    """The truth, every stop in its last revision with its checks, movements, alerts, and complaints."""
    case, world, outcome = play_and_judge(family, seed)
    lines = [f"{family}, seed {seed}: {outcome.frames:,} frames, {outcome.seconds:.2f} s"]
    lines += [f"  {key}: {value}" for key, value in case.facts.items()]
    lines.append("\ntruth")
    for moved in world.true_movements():
        if moved.icao24 in case.judged:
            m = moved.movement
            lines.append(f"  {_clock(m.at)}  {moved.icao24}  {m.kind:12} {m.airport} {m.runway}")
    lines.append("\nsaid")
    for stop in world.every_stop:
        lines += _stop(stop)
    lines.append("\nmovements")
    lines += [
        f"  {_clock(m.earliest)}..{_clock(m.latest)}  {m.icao24}  {m.kind.value:12} {m.airport}  {m.reason}"
        for m in world.movements
    ]
    lines.append("\nalerts")
    lines += [f"  {_clock(a.at)}  {a.event.value:9} {a.stop.airport}, level {a.stop.level}" for a in world.alerts]
    lines.append("\nwrong")
    lines += [f"  {text}" for text in outcome.complaints()] or ["  nothing"]
    return "\n".join(lines)


def _stop(stop: Stop) -> list[str]:
    head = f"  {stop.icao24}  {stop.airport}  level {stop.level}  {stop.status.value}  revision {stop.revision}"
    lines = [head + (f"  ({stop.retraction})" if stop.retraction else "")]
    lines.append(f"      landed   {_moment(stop.landed)}")
    if stop.departed is not None:
        lines.append(f"      departed {_moment(stop.departed)}")
    names = "  ".join(f"{c.airport} {c.probability:.2f} ({c.distance_nm:.0f} NM)" for c in stop.candidates[:6])
    lines.append(f"      candidates {names}")
    lines += [f"      {f.rule}: {f.certainty.value}, {f.severity.value}: {f.reason}" for f in stop.findings]
    lines += [f"      {c.name:22} {c.verdict.value:14} {c.reason}" for c in stop.checks]
    return lines


def _moment(moment: Moment) -> str:
    begin = _clock(moment.earliest) if moment.earliest is not None else "?"
    seen = "  seen" if moment.observed else ""
    return f"{begin} .. {_clock(moment.latest)}  estimate {_clock(moment.estimate)}{seen}"


def _clock(at: float) -> str:
    return iso(at)[5:19].replace("T", " ")
