"""`detector simulate` writes recordings that the program's own readers take, and says in one line what is wrong."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import numpy as np
import pytest
import zstandard

from detector.cli import status_of
from detector.domain.frame import FrameBatch
from detector.framing.avr import AvrFramer
from detector.framing.beast import BeastFramer
from detector.framing.csv import CsvFramer
from detector.framing.jet1090 import Jet1090Framer

SCENARIO = """\
name: two hops
start: 2024-11-06T22:00:00Z
aircraft:
  - icao24: 15522c
    callsign: RFF7092
    flights:
      - {from: UHWW, to: ZKPY, off_block: 2024-11-06T22:15:00Z}
receivers:
  - {name: Vladivostok, at: [43.2, 131.97], antenna_ft: 600, clock_start_s: 23456789.0, clock_drift_ppm: 2.5}
  - {name: Seoul, at: [37.6, 127.0], antenna_ft: 800, id: 1a1a00001a, clock_start_s: 5.0, clock_drift_ppm: -3.0}
rates: {scale: 0.3}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def frames_in(path: Path, format_name: str, start_at: float | None = None) -> FrameBatch:
    framer = {"csv": CsvFramer, "beast": BeastFramer, "avr": AvrFramer, "jet1090": Jet1090Framer}[format_name](
        0, start_at
    )
    batches = [framer.feed(path.read_bytes()), framer.finish()]
    assert not framer.rejects.counts
    return FrameBatch.concat(batches)


def made(scenario: Path, name: str, *options: str) -> Path:
    path = scenario.parent / name
    assert status_of(["simulate", str(scenario), "-o", str(path), "--quiet", *options]) == 0
    return path


def test_every_format_holds_the_same_frames(scenario: Path) -> None:
    reference = frames_in(made(scenario, "a.csv"), "csv")
    assert len(reference) > 3_000
    for name in ("beast", "avr", "jet1090"):
        start = float(reference.heard_at[0])
        read = frames_in(made(scenario, f"a.{name}", "--format", name), name, start)
        assert (read.payload == reference.payload).all()
        tolerance = {"beast": 5e-3, "avr": 2e-6, "jet1090": 0}[name]
        assert np.abs(read.heard_at - reference.heard_at).max() <= tolerance


@pytest.mark.parametrize("name", ["csv", "beast", "avr", "jet1090"])
def test_garbage_between_records_costs_no_frame(scenario: Path, name: str) -> None:
    clean = made(scenario, "clean", "--format", name).read_bytes()
    scenario.write_text(SCENARIO + "garbage_runs: 40\n", encoding="utf-8")
    dirty = made(scenario, "dirty", "--format", name).read_bytes()
    assert len(dirty) > len(clean) + 200
    framers = []
    for data in (clean, dirty):
        framer = {"csv": CsvFramer, "beast": BeastFramer, "avr": AvrFramer, "jet1090": Jet1090Framer}[name](0, 1.73e9)
        framers.append((framer, len(framer.feed(data)) + len(framer.finish())))
    assert framers[0][1] == framers[1][1] > 3_000
    assert sum(framers[1][0].rejects.counts.values()) > 20


def test_a_beast_recording_needs_no_date_and_knows_its_receivers(scenario: Path) -> None:
    read = frames_in(made(scenario, "a.bin", "--format", "beast"), "beast")
    assert set(read.receiver.tolist()) == {1, 0x1A1A00001A}


def test_the_suffix_compresses_and_the_same_scenario_gives_the_same_bytes(scenario: Path) -> None:
    plain = made(scenario, "a.csv").read_bytes()
    assert gzip.decompress(made(scenario, "a.csv.gz").read_bytes()) == plain
    assert lzma.decompress(made(scenario, "a.csv.xz").read_bytes()) == plain
    assert zstandard.ZstdDecompressor().decompress(made(scenario, "a.csv.zst").read_bytes()) == plain
    assert made(scenario, "a.csv.gz").read_bytes() == made(scenario, "b.csv.gz").read_bytes()


def test_the_truth_names_movements_and_stops(scenario: Path) -> None:
    path = scenario.parent / "truth.json"
    made(scenario, "a.csv", "--truth", str(path))
    truth = json.loads(path.read_text())
    assert [m["kind"] for m in truth["movements"]] == ["off_block", "take_off", "landing", "on_block"]
    (stop,) = truth["stops"]
    assert (stop["icao24"], stop["airport"], stop["departed"]) == ("15522c", "ZKPY", None)


@pytest.mark.parametrize(
    ("old", "new", "said", "status"),
    [
        ("UHWW", "QQQQ", "QQQQ: not in the airports table", 2),
        ("rates:", "rate:", ":11: rate: unknown key", 2),
        ("2024-11-06T22:15:00Z", "tomorrow", "tomorrow", 2),
    ],
)
def test_a_wrong_scenario_ends_in_one_line(
    scenario: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str, status: int
) -> None:
    scenario.write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert status_of(["simulate", str(scenario), "-o", str(scenario.parent / "x.csv")]) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (scenario.parent / "x.csv").exists()


def test_a_missing_scenario_and_an_unwritable_output_are_failed_work(scenario: Path) -> None:
    assert status_of(["simulate", str(scenario.parent / "none.yaml"), "-o", "x.csv"]) == 1
    assert status_of(["simulate", str(scenario), "-o", str(scenario.parent / "no" / "x.csv")]) == 1
