"""Whatever a person hands over, the answer is one clear line and the right exit status, never a traceback."""

from __future__ import annotations

import gzip
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.cli import status_of

LINE = b"1698140962.119813,8d486257990d5b9c9004d5a1c2b3\n"
RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"
CONFIG = Path(__file__).parent.parent.parent / "config"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the replays store out of the person's own state."""
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


def a_recording(directory: Path) -> Path:
    path = directory / "good.csv"
    path.write_bytes(LINE * 3)
    return path


def missing_file(tmp: Path) -> list[str]:
    return [str(tmp / "nothing.csv")]


def directory(tmp: Path) -> list[str]:
    return [str(tmp)]


def empty_file(tmp: Path) -> list[str]:
    (tmp / "empty.csv").touch()
    return [str(tmp / "empty.csv")]


def text_file(tmp: Path) -> list[str]:
    (tmp / "letter.txt").write_text("Dear sir or madam,\n\nplease find enclosed nothing at all.\n" * 20)
    return [str(tmp / "letter.txt")]


def random_bytes(tmp: Path) -> list[str]:
    (tmp / "noise.bin").write_bytes(random.Random(1).randbytes(40_000))
    return [str(tmp / "noise.bin")]


def glob_without_match(tmp: Path) -> list[str]:
    return [str(tmp / "*.csv")]


def beast_without_date(tmp: Path) -> list[str]:
    frame = b"\x1a3" + bytes(6) + b"\x80" + bytes.fromhex("8d486257990d5b9c9004d5a1c2b3")
    (tmp / "dump.bin").write_bytes(frame * 50)
    return [str(tmp / "dump.bin")]


def wrong_start_time(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--start-time", "yesterday"]


def unknown_format(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--format", "asterix"]


def unknown_decoder(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--decoder", "guess"]


def unknown_option(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--colour"]


def two_results_on_standard_output(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--stops", "-", "--alerts", "-"]


def output_in_missing_directory(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--stops", str(tmp / "no" / "stops.jsonl")]


def output_is_a_directory(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--alerts", str(tmp)]


def full_disk(tmp: Path) -> list[str]:
    return [str(RECORDINGS / "full_flight_short.csv.gz"), "--quiet", "--stops", "/dev/full", "--store", "memory"]


def output_over_the_recording(tmp: Path) -> list[str]:
    recording = a_recording(tmp)
    return [str(recording), "--stops", str(recording)]


def two_results_in_one_file(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--stops", str(tmp / "out"), "--alerts", str(tmp / "out")]


def one_start_time_for_two_dumps(tmp: Path) -> list[str]:
    beast_without_date(tmp)
    (tmp / "second.bin").write_bytes((tmp / "dump.bin").read_bytes())
    return [str(tmp / "*.bin"), "--start-time", "2024-11-07T00:00:00Z"]


def columns_in_the_wrong_order(tmp: Path) -> list[str]:
    (tmp / "swapped.csv").write_bytes(b"timestamp,hex\n" + b"8d486257990d5b9c9004d5a1c2b3,1698140962.119813\n" * 20)
    return [str(tmp / "swapped.csv"), "--store", "memory"]


def csv_called_beast(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--format", "beast", "--start-time", "2024-11-07T00:00:00Z", "--store", "memory"]


def redis_refuses(tmp: Path) -> list[str]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    return [str(a_recording(tmp)), "--store", f"redis://127.0.0.1:{port}/0"]


def unknown_store(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--store", "mysql://localhost"]


def configuration_missing(tmp: Path) -> list[str]:
    return [str(a_recording(tmp)), "--config", str(tmp / "none.yaml")]


def unknown_configuration_key(tmp: Path) -> list[str]:
    (tmp / "detector.yaml").write_text("tracking:\n  silence_seconds: 300\n")
    return [str(a_recording(tmp)), "--config", str(tmp / "detector.yaml")]


def broken_yaml(tmp: Path) -> list[str]:
    (tmp / "detector.yaml").write_text("tracking: [1, 2\nrules: }\n")
    return [str(a_recording(tmp)), "--config", str(tmp / "detector.yaml")]


def unknown_airport_in_watch_list(tmp: Path) -> list[str]:
    (tmp / "detector.yaml").write_text("watchlists: [mine.yaml]\nairports: null\n")
    (tmp / "mine.yaml").write_text(
        "entries:\n"
        "  - {airport: ZKPX, list: mine, programme: p, authority: a, identifier: i, source: s, link: https://example.org/,\n"
        "     reason: r, from: 2020-01-01}\n"
    )
    return [str(a_recording(tmp)), "--config", str(tmp / "detector.yaml")]


CASES: list[tuple[Callable[[Path], list[str]], int, str]] = [
    (missing_file, 1, "no such file"),
    (directory, 1, "no file in a known format in this folder"),
    (empty_file, 1, "is empty"),
    (text_file, 1, "in no format known here"),
    (random_bytes, 1, "in no format known here"),
    (glob_without_match, 1, "no file matches"),
    (beast_without_date, 2, "--start-time"),
    (wrong_start_time, 2, "not a time"),
    (unknown_format, 2, "asterix"),
    (unknown_decoder, 2, "guess"),
    (unknown_option, 2, "--colour"),
    (two_results_on_standard_output, 2, "standard output"),
    (output_in_missing_directory, 1, "no directory"),
    (output_is_a_directory, 1, "is a directory"),
    (full_disk, 1, "/dev/full"),
    (output_over_the_recording, 1, "is read from"),
    (two_results_in_one_file, 1, "is named for another result"),
    (one_start_time_for_two_dumps, 2, "2 recordings carry no date"),
    (columns_in_the_wrong_order, 1, "not one frame could be read"),
    (csv_called_beast, 1, "not one frame could be read"),
    (redis_refuses, 1, "refused"),
    (unknown_store, 2, "mysql"),
    (configuration_missing, 2, "none.yaml"),
    (unknown_configuration_key, 2, "detector.yaml:2: unknown key `silence_seconds`"),
    (broken_yaml, 2, "detector.yaml:"),
    (unknown_airport_in_watch_list, 2, "mine.yaml:2: unknown airport 'ZKPX'"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_bad_input_ends_in_one_line_and_its_exit_status(
    arguments: Callable[[Path], list[str]],
    status: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status_of(["replay", *arguments(tmp_path)]) == status
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("detector: ")
    assert words in lines[0]


def test_a_truncated_recording_is_used_up_to_where_it_breaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (RECORDINGS / "full_flight_short.csv.gz").read_bytes()
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert status_of(["replay", str(tmp_path / "cut.csv.gz"), "--store", "memory"]) == 0
    shown = capsys.readouterr()
    assert "damaged_file 1" in shown.out
    assert "Traceback" not in shown.err


def test_noise_that_is_called_beast_holds_no_aircraft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "noise.bin").write_bytes(random.Random(2).randbytes(200_000))
    arguments = ["replay", str(tmp_path / "noise.bin"), "--format", "beast", "--start-time", "2024-01-01T00:00:00Z"]
    assert status_of([*arguments, "--store", "memory"]) == 0
    assert "of 0 aircraft" in capsys.readouterr().out


@pytest.mark.parametrize("path", sorted((RECORDINGS / "fuzz").iterdir()), ids=lambda path: path.name[:24])
def test_every_broken_recording_ends_in_a_result_or_one_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of(["replay", str(path), "--store", "memory", "--start-time", "2024-01-01T00:00:00Z", "--quiet"])
    shown = capsys.readouterr().err.strip()
    assert status in (0, 1)
    assert (status == 0) == (shown == "")
    assert len(shown.splitlines()) <= 1


def test_an_unfinished_gzip_header_is_an_error_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "head.csv.gz").write_bytes(gzip.compress(LINE)[:9])
    assert status_of(["replay", str(tmp_path / "head.csv.gz")]) == 1
    assert "damaged" in capsys.readouterr().err
