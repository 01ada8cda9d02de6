"""A flood of invented addresses while a real stop happens: `python -m benchmarks.flood` prints memory and the alerts.

The stop is that of tests/scenarios/pyongyang.yaml. Three tenths of the flood come within a minute of the time the
aircraft is lost on its way down, three within a minute of its coming back, the rest in the silence between. Some of the
invented ones are lost on their way down, too, and alerted; what counts is what is told of the real one. Each run is a
process of its own, for the peak of resident memory is one of the process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.one_run import peak_rss_mb
from detector.app import build_pipeline
from detector.cli.simulate import fields_of
from detector.decoding import crc
from detector.domain.alert import Alert
from detector.domain.frame import LONG_BYTES, FrameBatch
from detector.domain.times import parse_iso
from detector.settings import load_configuration
from detector.simulation import parse_scenario, simulate
from detector.simulation.encode.cpr import encode_cpr

SCENARIO = Path(__file__).parent.parent / "tests" / "scenarios" / "pyongyang.yaml"
UNTIL = "2024-11-07T04:00:00Z"
REAL = 0x15522C
ZKPY = 39.22, 125.67
AT_ONCE = 10_000
"""Addresses made up at a time: a million frames at once would be most of the memory that is measured."""
KINDS = 8
MOST_MB = 512

U64 = npt.NDArray[np.uint64]


def invented(random: np.random.Generator, n: int, begin: float, end: float) -> FrameBatch:
    """Two clean frames or more of each of `n` addresses that begin between two times, by time.

    In equal parts: only DF11; DF11 that says "on ground"; a call sign; a squawk and replies; places around the world;
    places low on the way to a listed field; the same with a dozen frames; DF18 of all namespaces.
    """
    key = random.integers(1, 1 << 24, n).astype(np.uint64)
    kind = random.integers(0, KINDS, n)
    first = random.uniform(begin, end, n)
    # The same bytes sooner would be the same transmission, heard by two receivers.
    apart = random.uniform(0.55, 0.9, n)
    parts = []
    for number in range(12):
        mine = np.flatnonzero((kind == 6) | (number < 2) | ((kind == 3) & (number < 4)))
        parts.append(_frames(random, key[mine], kind[mine], first[mine] + number * apart[mine], number))
    frames = FrameBatch.concat(parts)
    return frames.take(np.argsort(frames.heard_at, kind="stable"))


def _frames(
    random: np.random.Generator, key: U64, kind: npt.NDArray[np.int64], at: npt.NDArray[np.float64], number: int
) -> FrameBatch:
    n = len(key)
    first_byte = np.full(n, 17 << 3 | 5, np.uint64)
    first_byte[kind == 0], first_byte[kind == 1] = 11 << 3 | 5, 11 << 3 | 4
    fields = np.array([1, 2, 5, 6], np.uint64)[key % np.uint64(4)]
    first_byte = np.where(kind == 7, np.uint64(18 << 3) | fields, first_byte)
    code = random.integers(0, 1 << 13, n).astype(np.uint64)
    me = np.zeros(n, np.uint64)
    letters = random.integers(1, 27, (n, 8)).astype(np.uint64)
    name = np.zeros(n, np.uint64)
    for column in letters.T:
        name = name << np.uint64(6) | column
    me = np.where(kind == 2, np.uint64(4 << 51 | 3 << 48) | name, me)
    me = np.where(kind == 3, np.uint64(28 << 51 | 1 << 48) | code << np.uint64(32), me)
    me = np.where(kind >= 4, _positions(key, kind, number), me)
    if number >= 2:
        # Replies of DF5 and DF4, once the address is known.
        first_byte = np.where(kind == 3, np.uint64((5 - number % 2) << 3), first_byte)
    payload = np.zeros((n, 16), np.uint8)
    long = first_byte >= 16 << 3
    reply = (first_byte >> np.uint64(3) == 4) | (first_byte >> np.uint64(3) == 5)
    head = first_byte << np.uint64(56) | key << np.uint64(32)
    head = np.where(reply, first_byte << np.uint64(56) | code << np.uint64(32), head)
    head = np.where(long, head | me >> np.uint64(24), head)
    payload[:, :8] = head.astype(">u8").view(np.uint8).reshape(n, 8)
    payload[:, 8:11] = ((me & np.uint64(0xFFFFFF)) << np.uint64(40)).astype(">u8").view(np.uint8).reshape(n, 8)[:, :3]
    payload[~long, 4:] = 0
    payload = np.ascontiguousarray(payload[:, :LONG_BYTES])
    words = crc.words(payload)
    parity = np.where(long, crc.residual_long(words), crc.residual_short(words)).astype(np.uint32)
    parity = np.where(reply, parity ^ key.astype(np.uint32), parity)
    sent = (parity << np.uint32(8)).astype(">u4").view(np.uint8).reshape(n, 4)[:, :3]
    payload[long, 11:14], payload[~long, 4:7] = sent[long], sent[~long]
    return FrameBatch.of(np.round(at, 6), payload, np.where(long, 14, 7).astype(np.uint8))


def _positions(key: U64, kind: npt.NDArray[np.int64], number: int) -> U64:
    """TC 11 with 25 ft altitudes: anywhere at cruise, or north of the listed field and lower with each frame."""
    share = (key & np.uint64(0xFFF)) / 4096.0
    low = (kind == 5) | (kind == 6)
    latitude = np.where(low, ZKPY[0] + 0.3 + share * 0.2 - number * 0.0005, share * 140.0 - 70.0)
    longitude = np.where(low, ZKPY[1] + share * 0.1, ((key >> np.uint64(12)) / 4096.0) * 360.0 - 180.0)
    yz, xz = encode_cpr(latitude, longitude, np.full(len(key), number % 2), surface=False)
    steps = (np.where(low, 6_000.0 - 50.0 * number, 33_000.0) + 1_000.0) / 25.0
    number_11 = steps.astype(np.uint64)
    twelve = (number_11 >> np.uint64(4)) << np.uint64(5) | np.uint64(16) | number_11 & np.uint64(15)
    place = yz.astype(np.uint64) << np.uint64(17) | xz.astype(np.uint64)
    me: U64 = np.uint64(11 << 51) | twelve << np.uint64(36) | np.uint64(number % 2 << 34) | place
    return me


def together(real: FrameBatch, addresses: int, lost: float, back: float) -> Iterator[FrameBatch]:
    """The real frames and those of the flood, by time."""
    random = np.random.default_rng(1)
    spells = ((lost - 30.0, lost + 30.0, 0.3), (lost + 30.0, back - 30.0, 0.4), (back - 30.0, back + 30.0, 0.3))
    waiting, done = FrameBatch.empty(), 0
    for begin, end, share in spells:
        count = max(1, round(addresses * share / AT_ONCE)) if addresses else 0
        for k in range(count):
            since, until = (begin + (end - begin) * part / count for part in (k, k + 1))
            upto = int(np.searchsorted(real.heard_at, until))
            flood = invented(random, round(addresses * share / count), since, until)
            waiting = FrameBatch.concat([waiting, real.take(slice(done, upto)), flood])
            waiting = waiting.take(np.argsort(waiting.heard_at, kind="stable"))
            ready, done = int(np.searchsorted(waiting.heard_at, until)), upto
            yield from _in_batches(waiting.take(slice(0, ready)))
            waiting = waiting.take(slice(ready, None))
    waiting = FrameBatch.concat([waiting, real.take(slice(done, None))])
    yield from _in_batches(waiting.take(np.argsort(waiting.heard_at, kind="stable")))


def _in_batches(frames: FrameBatch) -> Iterator[FrameBatch]:
    return (frames.take(slice(at, at + AT_ONCE)) for at in range(0, len(frames), AT_ONCE))


def told(alerts: Iterable[Alert]) -> list[str]:
    """What of the alerts no flood may change. How many others were around stands in their checks, and may."""
    return [
        f"{alert.id} {alert.revision} {alert.event} {alert.at} {alert.severity} {alert.stop.id} {alert.stop.airport} "
        f"level {alert.stop.level} {alert.stop.landed} {alert.stop.departed} {alert.stop.ground_time}"
        for alert in alerts
    ]


def real_frames() -> tuple[FrameBatch, float, float]:
    """The stop as heard, when the aircraft is lost on its way there, and when it is back."""
    scenario = parse_scenario(SCENARIO.read_text(encoding="utf-8"), source=SCENARIO.name)
    fields = fields_of(scenario, SCENARIO, lambda: load_configuration().airports)
    frames = simulate(scenario, fields).frames
    frames = frames.take(frames.heard_at < parse_iso(UNTIL))
    squitters = frames.payload[:, 0] >> 3 == 17
    address = frames.payload[:, 1].astype(np.uint32) << 16 | frames.payload[:, 2].astype(np.uint32) << 8
    mine = np.sort(frames.heard_at[squitters & (address | frames.payload[:, 3] == REAL)])
    gap = int(np.argmax(np.diff(mine)))
    return frames.take(np.argsort(frames.heard_at, kind="stable")), float(mine[gap]), float(mine[gap + 1])


def run(path: Path, addresses: int) -> None:
    """One run: alerts on standard output, figures on standard error."""
    stored = np.load(path)
    real = FrameBatch(*(stored[name] for name in FrameBatch.__slots__))
    pipeline = build_pipeline(load_configuration())
    before, slowest, frames, known = peak_rss_mb(), 0.0, 0, 0
    alerts: list[Alert] = []
    began = time.perf_counter()
    for batch in together(real, addresses, *stored["gap"].tolist()):
        since = time.perf_counter()
        changes = pipeline.step(batch)
        slowest, frames = max(slowest, time.perf_counter() - since), frames + len(batch)
        known = max(known, len(pipeline.decoder.addresses))
        alerts += changes.alerts
    alerts += pipeline.finish().alerts
    seconds = time.perf_counter() - began
    print("\n".join([*told(alert for alert in alerts if alert.stop.icao24 == f"{REAL:06x}"), str(peak_rss_mb())]))
    print(
        f"{addresses:>9,} addresses  {frames:>9,} frames in {seconds:6.1f} s  slowest batch {slowest * 1e3:6.0f} ms  "
        f"known at most {known:,}  forgotten {pipeline.forgotten:,}  "
        f"resident at first {before:.0f} MB, at most {peak_rss_mb():.0f} MB\n{pipeline.rejects.counts}",
        file=sys.stderr,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood", description=__doc__)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        run(chosen.one, chosen.addresses)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "real.npz"
        frames, lost, back = real_frames()
        np.savez(path, gap=np.array([lost, back]), **{name: getattr(frames, name) for name in FrameBatch.__slots__})
        runs = []
        for addresses in (0, chosen.addresses):
            command = [sys.executable, "-m", "benchmarks.flood", "--one", str(path), "--addresses", str(addresses)]
            runs.append(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines())
    (*without, _), (*alerts, peak) = runs
    print("\n".join(alerts))
    print(
        f"revisions of alerts: {len(without)} without the flood, {len(alerts)} with it; the same: {without == alerts}"
    )
    print(f"resident at most {float(peak):.0f} MB of {MOST_MB} MB")
    return 0 if without and without == alerts and float(peak) <= MOST_MB else 1


if __name__ == "__main__":
    raise SystemExit(main())
