"""Messages per second and peak memory of each contestant, on the same file, each run in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.contestants import CONTESTANTS
from benchmarks.generated import with_other_addresses
from benchmarks.recordings import stamped_hex
from detector.domain.frame import FrameBatch
from detector.framing import beast

REPETITIONS = 3
YARDSTICK = "pyModeS PipeDecoder"


@dataclass(frozen=True, slots=True)
class Result:
    """Of one contestant: medians over the repetitions. `peak_rss_mb` counts interpreter, libraries and input."""

    name: str
    frames: int
    messages_per_s: float
    ratio: float
    peak_rss_mb: float


def write_recording(path: Path, *, copies: int = 1) -> float:
    """The long_flight recording as Beast binary; the time of its first frame.

    `copies`: the same sky again that many times, each after the other and with other addresses, so that what a program
    does once (tables, first use of a library) weighs less.
    """
    frames = stamped_hex("long_flight.csv.gz")
    start = float(frames.heard_at[0])
    span = float(frames.heard_at[-1]) - start + 1.0
    with path.open("wb") as file:
        for copy in range(copies):
            others = with_other_addresses(frames, copy)
            file.write(beast.encode(FrameBatch.of(others.heard_at + copy * span, others.payload, others.length)))
    return start


def measure(path: Path, start_at: float, names: Iterable[str] = tuple(CONTESTANTS)) -> list[Result]:
    """Every contestant `REPETITIONS` times, by turns, so that a slow spell of the machine meets all alike."""
    names = list(names)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(REPETITIONS):
        for name in names:
            command = [sys.executable, "-m", "benchmarks.one_run", name, str(path), repr(start_at)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            runs[name].append(json.loads(output))
    speed = {name: statistics.median(run["frames"] / run["seconds"] for run in runs[name]) for name in names}
    return [
        Result(
            name=name,
            frames=int(runs[name][0]["frames"]),
            messages_per_s=speed[name],
            ratio=speed[name] / speed.get(YARDSTICK, float("nan")),
            peak_rss_mb=statistics.median(run["peak_rss_mb"] for run in runs[name]),
        )
        for name in names
    ]


def markdown(results: list[Result]) -> str:
    lines = [
        f"| program | messages | messages/s | times {YARDSTICK} | peak RSS, MB |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {r.name} | {r.frames:,} | {r.messages_per_s:,.0f} | {r.ratio:.1f} | {r.peak_rss_mb:.0f} |"
            for r in results
        ),
    ]
    return "\n".join(lines) + "\n"


def as_json(results: list[Result]) -> str:
    return json.dumps([asdict(result) for result in results], indent=1) + "\n"
