"""The figures of one measurement, as a table."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.live.measure import Outcome, answers, deliveries
from benchmarks.live.traffic import SLOT_S, Plan, rate_of, slot_of

Floats = npt.NDArray[np.float64]

LIMIT_S = 1.0
"""p99 of the latency is to be below this (docs: 50,000 messages a second, one second)."""
LATE_S = 0.05
"""A sender whose p99 is later than this has not sent what it was to send: the run is worth nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """`latency_s`: from the sending of the slot with the completing frame to the webhook received, one per alert that
    came, in order of arrival; `late_s`: of each slot of the measured time; Unix s `begin` to `end`: that time."""

    plan: Plan
    expected: int
    received: int
    missing: list[str]
    strange: list[str]
    duplicates: int
    unverified: int
    latency_s: Floats
    shift_s: Floats
    """Event time of each alert live less offline: the same for all, to the whole seconds in which it is told, if the
    same frames completed the same stops."""
    late_s: Floats
    sent: int
    sent_measured: int
    begin: float
    end: float

    @property
    def valid(self) -> bool:
        """Whether the sender kept its pace."""
        return bool(np.percentile(self.late_s, 99) <= LATE_S)

    @property
    def passed(self) -> bool:
        """Valid, every alert once, none else, and p99 below the limit."""
        whole = not (self.missing or self.strange or self.duplicates or self.unverified)
        return self.valid and whole and bool(np.percentile(self.latency_s, 99) < LIMIT_S)


def figures(traffic: Path, outcome: Outcome) -> Figures:
    """Compare what arrived with what had to."""
    told = json.loads((traffic / "expected.json").read_text())
    plan = Plan(**told["plan"])
    sent_at, due_at = np.load(outcome.folder / "sent.npy"), np.load(outcome.folder / "due.npy")
    frames = np.load(traffic / "frames.npy")
    first, last = (round(s / SLOT_S) for s in (plan.measured_from_s, plan.measured_from_s + plan.seconds))
    wanted = {one["icao24"]: one for one in told["alerts"]}
    arrived = deliveries(outcome.folder)
    opened: dict[str, tuple[float, dict[str, Any]]] = {}
    for one in arrived:
        event = json.loads(one["body"])
        if event["type"].endswith(".opened"):
            opened.setdefault(event["data"]["stop"]["icao24"], (one["arrived_at"], event))
    came = sorted((at, icao24) for icao24, (at, _) in opened.items() if icao24 in wanted)
    slots = [slot_of(wanted[icao24]["at"]) for _, icao24 in came]
    ids = Counter(one["id"] for one in arrived)
    return Figures(
        plan=plan,
        expected=len(wanted),
        received=len(came),
        missing=sorted(wanted.keys() - opened.keys()),
        strange=sorted(opened.keys() - wanted.keys()),
        duplicates=sum(ids.values()) - len(ids),
        unverified=sum(not one["verified"] for one in arrived),
        latency_s=np.array([at for at, _ in came]) - sent_at[slots],
        shift_s=np.array([_unix(opened[i][1]["time"]) - wanted[i]["at"] for _, i in came]),
        late_s=(sent_at - due_at)[first:last],
        sent=int(frames[-1]),
        sent_measured=int(frames[last] - frames[first]),
        begin=float(due_at[first]),
        end=float(due_at[last - 1]),
    )


def table(figures: Figures, outcome: Outcome) -> str:
    """Markdown."""
    plan, watch = figures.plan, outcome.watch
    rows = [
        ("frames sent, measured time", f"{figures.sent_measured:,} ({figures.sent_measured / plan.seconds:,.0f}/s)"),
        ("of them the crowd's", f"{rate_of(plan):,}/s from {plan.aircraft:,} aircraft for {plan.seconds} s"),
        ("sender late p50 / p99 / max", _percentiles(figures.late_s)),
        ("frames sent / taken in, whole run", f"{figures.sent:,} / {_taken(outcome)}"),
        ("dropped on the path", _dropped(outcome)),
        ("alerts expected / received", f"{figures.expected} / {figures.received}"),
        ("missing / strange", f"{len(figures.missing)} / {len(figures.strange)}"),
        ("duplicates / wrongly signed", f"{figures.duplicates} / {figures.unverified}"),
        ("latency p50 / p99 / max", _percentiles(figures.latency_s)),
        ("event time live less offline, spread", f"{_spread(figures.shift_s)} (told in whole seconds)"),
    ]
    for name in watch.names():
        cpu = watch.cores(name, figures.begin, figures.end)
        busiest = watch.busiest(name, figures.begin, figures.end)
        if not math.isnan(cpu):
            rows.append((f"CPU of {name}, mean / worst second", f"{cpu:.0%} / {busiest:.0%} of a core"))
            resident = watch.resident_mib(name, figures.begin, figures.end)
            rows.append(
                (f"memory of {name}, measured time / ever", f"{resident:.0f} / {watch.highest_mib[name]:.0f} MiB")
            )
    rows.append(("CPU of the whole machine", f"{watch.machine_cores(figures.begin, figures.end):.0%} of a core"))
    rows += _looked_on(figures, outcome)
    width = max(len(name) for name, _ in rows)
    verdict = "passed" if figures.passed else "FAILED" if figures.valid else "INVALID: the sender could not keep up"
    return "\n".join([*(f"{name:<{width}}  {value}" for name, value in rows), f"{'verdict':<{width}}  {verdict}"])


def _looked_on(figures: Figures, outcome: Outcome) -> list[tuple[str, str]]:
    """What those saw who looked on."""
    told = answers(outcome.folder)
    asked = [one for one in told if "at" in one and figures.begin <= one["at"] <= figures.end]
    if not asked:
        return []
    first, last = (np.array([one[name] for one in asked]) for name in ("first_byte_s", "last_byte_s"))
    heard = told[-1]
    most = max(asked, key=lambda one: int(one["aircraft"]))
    return [
        ("/aircraft", f"{most['aircraft']:,} in {most['bytes']:,} bytes, asked {len(asked)} times"),
        ("first byte p50 / p99 / max", _percentiles(first)),
        ("last byte p50 / p99 / max", _percentiles(last)),
        ("events read / bytes / cut off", f"{heard['events']:,} / {heard['event_bytes']:,} / {heard['cut_off']}"),
    ]


def _percentiles(values: Floats) -> str:
    if not len(values):
        return "-"
    p50, p99 = np.percentile(values, [50, 99])
    return f"{p50:.3f} / {p99:.3f} / {values.max():.3f} s"


def _spread(values: Floats) -> str:
    return f"{np.ptp(values) * 1000:.1f} ms" if len(values) else "-"


def _taken(outcome: Outcome) -> str:
    taken = outcome.metrics.get("detector_frames_total")
    return "not told" if taken is None else f"{taken:,.0f}"


def _dropped(outcome: Outcome) -> str:
    dropped = {
        name: n
        for name, n in outcome.metrics.items()
        if n and name.startswith(("detector_rejects_total", "detector_feed_rejects_total"))
    }
    return ", ".join(f"{name.partition('{')[2].rstrip('}')} {n:,.0f}" for name, n in dropped.items()) or "none"


def _unix(iso: str) -> float:
    """Of a time as the program writes it."""
    return datetime.fromisoformat(iso).timestamp()
