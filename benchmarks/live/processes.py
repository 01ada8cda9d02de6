"""CPU time and memory of running processes, out of /proc (Linux)."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_KIB_PER_MIB = 1024.0
SHORTEST_S = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """CPU seconds used so far by the process `name` and resident memory now, at Unix s `at`."""

    at: float
    name: str
    cpu_s: float
    resident_mib: float


@dataclass(slots=True)
class Watch:
    """Looks once a second at the process `pid` and its children, until stopped. `machine`: busy CPU seconds of all."""

    pid: int
    samples: list[Sample] = field(default_factory=list)
    machine: list[tuple[float, float]] = field(default_factory=list)
    highest_mib: dict[str, float] = field(default_factory=dict)
    _labels: dict[int, str] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch from now on, in a thread."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more samples after this."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def cores(self, name: str, begin: float, end: float) -> float:
        """CPU time by wall time, in cores, between two Unix s; NaN where there are no samples."""
        there = [(s.at, s.cpu_s) for s in self.samples if s.name == name and begin <= s.at <= end]
        return _slope(there)

    def busiest(self, name: str, begin: float, end: float) -> float:
        """The same of the worst single second."""
        there = [(s.at, s.cpu_s) for s in self.samples if s.name == name and begin <= s.at <= end]
        # Samples that were late themselves, one soon after the other, say nothing.
        seconds = ((a, b) for a, b in pairwise(there) if b[0] - a[0] >= SHORTEST_S)
        return max((_slope([a, b]) for a, b in seconds), default=float("nan"))

    def machine_cores(self, begin: float, end: float) -> float:
        """What all processes of the machine used, in cores."""
        return _slope([one for one in self.machine if begin <= one[0] <= end])

    def resident_mib(self, name: str, begin: float, end: float) -> float:
        """The most that was resident at a sample."""
        return max((s.resident_mib for s in self.samples if s.name == name and begin <= s.at <= end), default=0.0)

    def names(self) -> list[str]:
        """The processes seen, in order of appearance."""
        return list(dict.fromkeys(s.name for s in self.samples))

    def _run(self) -> None:
        while not self._stopped.wait(1.0 - time.time() % 1.0):
            self.machine.append((time.time(), _machine_cpu_s()))
            for pid in (self.pid, *_children(self.pid)):
                self._look(pid)

    def _look(self, pid: int) -> None:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:  # it has ended
            return
        values = stat.rpartition(")")[2].split()
        name = self._label(pid, stat[stat.index("(") + 1 : stat.rindex(")")])
        lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        memory = {key: int(lines[key].split()[0]) / _KIB_PER_MIB for key in ("VmRSS", "VmHWM") if key in lines}
        cpu_s = (int(values[11]) + int(values[12])) / _TICKS_PER_S
        self.samples.append(Sample(time.time(), name, cpu_s, memory.get("VmRSS", 0.0)))
        self.highest_mib[name] = max(self.highest_mib.get(name, 0.0), memory.get("VmHWM", 0.0))

    def _label(self, pid: int, command: str) -> str:
        """One name for each process: a server may fork a child of its own name."""
        if pid not in self._labels:
            name = "service" if pid == self.pid else command
            again = sum(label.partition(" ")[0] == name for label in self._labels.values())
            self._labels[pid] = f"{name} ({again + 1})" if again else name
        return self._labels[pid]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(child) for child in path.read_text().split()]
        except OSError:
            continue
        for child in direct:
            found += [child, *_children(child)]
    return found


def _machine_cpu_s() -> float:
    values = [int(v) for v in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = values[3] + values[4]
    return (sum(values) - idle) / _TICKS_PER_S


def _slope(points: list[tuple[float, float]]) -> float:
    if len(points) < 2 or points[-1][0] <= points[0][0]:
        return float("nan")
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
