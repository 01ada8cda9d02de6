"""`detector history`, from a file to an answer."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from detector import cases
from detector.cli import status_of
from detector.domain.errors import InputError
from detector.domain.stop import Level, Status
from detector.scoring import Who
from detector.settings import load_configuration
from tests.history.test_flight_lists import CHOSEN, OPENSKY, flight
from tests.history.test_recorded import line
from tests.rules.test_rules import stop

Run = Callable[..., tuple[str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state" / "history"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Standard output and error of `detector history ...`, which has to end with the status given."""

    def run(*arguments: object, status: int = 0) -> tuple[str, str]:
        ended = status_of(["history", *map(str, arguments)])
        captured = capsys.readouterr()
        assert ended == status, captured.err
        if status:
            assert captured.err.count("\n") == 1
        return captured.out, captured.err

    return run


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.jsonl"
    path.write_text(line(1, "UHWW") + line(10, "ZKPY") + line(20, "UHWW") + line(30, None), encoding="utf-8")
    return path


@pytest.fixture
def opensky(tmp_path: Path) -> Path:
    path = tmp_path / "flightlist.csv.gz"
    rows = [
        flight("EGLL", "LSZH", "2019-12-31 20:00:00+00:00", "2019-12-31 21:30:00+00:00"),
        flight("LSZH", "LFPG", "2019-12-31 22:30:00+00:00", "2020-01-01 00:30:00+00:00"),
        flight("LFPG", "LSZH", "2020-01-01 03:00:00+00:00", "2020-01-01 04:00:00+00:00"),
        flight("LSZH", "LFPG", "2020-01-01 08:00:00+00:00", "nonsense"),
    ]
    path.write_bytes(gzip.compress((OPENSKY + "\n".join(rows) + "\n").encode()))
    return path


@pytest.fixture
def bts(tmp_path: Path) -> Path:
    path = tmp_path / "ontime.csv"
    rows = ["2024-01-30,AA,N101NN,JFK,LAX,0900,1200", "2024-01-30,AA,N101NN,LAX,SFO,1300,1430"]
    path.write_text(CHOSEN + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_three_kinds_of_files_are_taken_in_and_again_change_nothing(
    run: Run, stops: Path, opensky: Path, bts: Path
) -> None:
    out, err = run("import", stops, opensky, bts)
    assert out == "6 new, 0 replaced, 0 unchanged; refused: 1 no_field, 1 time\n"
    assert [text.split(": ", 1)[1] for text in err.splitlines()] == [
        "stops of a replay, 4 lines, 3 visits; refused: 1 no_field",
        "OpenSky flight list, 4 lines, 2 visits; refused: 1 time",
        "BTS on-time list, 2 lines, 1 visits",
    ]
    out, err = run("import", stops, opensky, bts, "--json", "--quiet")
    told = json.loads(out)
    assert err == ""
    assert (told["new"], told["replaced"], told["unchanged"]) == (0, 0, 6)
    assert told["refused"] == {"no_field": 1, "time": 1}
    assert [(one["format"], one["unchanged"]) for one in told["files"]] == [("replay", 3), ("opensky", 2), ("bts", 1)]


def test_nothing_is_said_where_nothing_is_to_be_said(run: Run, stops: Path) -> None:
    assert run("import", stops, "--quiet") == ("", "")


def test_what_changed_is_replaced(run: Run, stops: Path) -> None:
    run("import", stops)
    stops.write_text(line(1, "UHWW", level=4), encoding="utf-8")
    assert run("import", stops)[0].startswith("0 new, 1 replaced, 0 unchanged")


def test_what_is_known_is_shown(run: Run, stops: Path, opensky: Path, home: Path) -> None:
    run("import", stops, opensky)
    out, _ = run("show")
    assert out.splitlines() == [
        f"5 visits in {home}",
        "  2019-12            1",
        "  2020-01            1",
        "  2024-11            3",
    ]
    field = json.loads(run("show", "ZRH", "--json")[0])
    assert (field["airport"], field["visits"], field["aircraft"]) == ("LSZH", 1, 1)
    assert field["ground_time_s"] == {"visits": 1, "quarter": 3000, "half": 3000, "three_quarters": 3000}
    assert field["types"] == [{"name": "BCS1", "visits": 1}]
    assert "on ground" not in run("show", "LSZH")[0]  # one visit has no quartiles
    aircraft = json.loads(run("show", "15522C", "--json")[0])
    assert aircraft["fields"] == [{"name": "UHWW", "visits": 2}, {"name": "ZKPY", "visits": 1}]
    assert (aircraft["first_day"], aircraft["last_day"]) == ("2024-11-07", "2024-11-07")
    assert run("show", "hbjca")[0].splitlines()[0] == "HB-JCA 4b1801"
    assert "no visits" in run("show", "KSFO")[0]
    assert "neither the code" in run("show", "HB-XYZ", status=2)[1]


def test_a_query_is_answered_as_table_json_and_csv(run: Run, opensky: Path) -> None:
    run("import", opensky)
    sql = "SELECT airport, landed_at, military FROM visits ORDER BY landed_at"
    rows = [json.loads(text) for text in run("query", sql, "--json")[0].splitlines()]
    assert rows[0] == {"airport": "LSZH", "landed_at": "2019-12-31T21:30:00Z", "military": rows[0]["military"]}
    table = list(csv.reader(io.StringIO(run("query", sql, "--csv")[0])))
    assert table[0] == ["airport", "landed_at", "military"]
    assert table[2][:2] == ["LFPG", "2020-01-01T00:30:00Z"]
    assert "2019-12-31 21:30:00" in run("query", sql)[0]
    assert "choose one" in run("query", sql, "--csv", "--json", status=2)[1]
    assert "nothing" in run("query", "SELECT nothing FROM visits", status=2)[1]


def test_what_lies_far_back_is_forgotten(run: Run, opensky: Path) -> None:
    run("import", opensky)
    assert run("forget", "--before", "2020-01-01")[0] == "1 visits before 2020-01-01 are forgotten\n"
    assert "not a day" in run("forget", "--before", "soon", status=2)[1]


def test_a_damaged_month_is_told_and_the_rest_is_used(run: Run, opensky: Path, home: Path) -> None:
    run("import", opensky)
    path = home / "visits-2019-12.parquet"
    path.write_bytes(path.read_bytes()[:100])
    out, err = run("query", "SELECT count(*) AS n FROM visits", "--json")
    assert json.loads(out) == {"n": 1}
    assert err.count("\n") == 1
    assert "visits-2019-12.parquet: damaged" in err
    assert "visits-2019-12.parquet: damaged" in run("import", opensky, status=1)[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither stops"),
        (b"a,b,c\n1,2,3\n", "neither stops"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (gzip.compress(OPENSKY.encode() * 1000)[:60], "damaged or cut off"),
        (b"icao24,firstseen\n", "lastseen"),
    ],
    ids=["empty", "another table", "no text", "cut off", "a column missing"],
)
def test_a_file_that_is_no_list_is_one_line(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    _, err = run("import", path, status=1)
    assert words in err


def test_a_file_that_is_not_there_stops_all_before_it_begins(run: Run, stops: Path, tmp_path: Path) -> None:
    assert "no such file" in run("import", stops, tmp_path / "none", status=1)[1]
    assert run("show")[0].startswith("0 visits")


WITHOUT = """
import sys
sys.modules["polars"] = None
from detector.cli import status_of
from detector.domain.errors import InputError
from detector.domain.stop import Level, Status
from detector.scoring import Who
from detector.settings import load_configuration
sys.exit(status_of(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments", [["history", "show"], ["history", "import", "x"], ["history", "query", "SELECT 1"]]
)
def test_without_polars_a_command_says_what_to_install(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "detector: history needs the package polars: install stop-detector[history]\n"


def test_without_polars_its_help_is_there() -> None:
    command = [sys.executable, "-c", WITHOUT, "history", "--help"]
    done: Any = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "import" in done.stdout


class TestLearning:
    def test_gives_the_next_run_what_is_usual_and_its_name_to_the_alerts(
        self, run: Run, stops: Path, home: Path
    ) -> None:
        before = load_configuration()
        assert before.usual is None
        run("import", stops)
        out, _ = run("learn")
        assert "Learned from 3 visits, 2024-11-07 to 2024-11-07" in out
        after = load_configuration()
        assert after.usual is not None
        assert after.usual.been(Who.AIRCRAFT, "15522c", "ZKPY") is not None
        assert after.hash != before.hash
        (named,) = [table for table in after.tables_used if table.name == "history"]
        assert named.sha256 == hashlib.sha256((home / "baselines.npz").read_bytes()).hexdigest()
        assert json.loads(run("learn", "--json")[0])["sha256"] == named.sha256

    def test_from_nothing_is_one_line(self, run: Run) -> None:
        assert "no visits to learn from" in run("learn", status=1)[1]

    def test_that_was_damaged_is_told_by_every_run(self, run: Run, stops: Path, home: Path) -> None:
        run("import", stops)
        run("learn")
        data = (home / "baselines.npz").read_bytes()
        (home / "baselines.npz").write_bytes(data[: len(data) // 2])
        with pytest.raises(InputError, match=r"baselines\.npz: damaged, or no baselines"):
            load_configuration()

    def test_lies_where_the_settings_say(self, run: Run, stops: Path, tmp_path: Path) -> None:
        path = tmp_path / "detector.yaml"
        path.write_text("history: past\n", encoding="utf-8")
        run("import", stops, "--config", path)
        run("learn", "--config", path)
        assert (tmp_path / "past" / "baselines.npz").is_file()
        assert load_configuration(path).usual is not None


class TestTheService:
    def test_gives_its_closed_stops_and_takes_back_what_it_has_taken_back(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = [stop(id="stop-1", level=Level.OBSERVED), stop(id="stop-2", icao24="15522c")]
        monkeypatch.setattr(cases, "service_run", lambda *_: SimpleNamespace(stops=tuple(stored)))
        out, _ = run("import", "--service")
        assert "2 new, 0 replaced, 0 unchanged" in out
        stored[1] = stop(id="stop-2", icao24="15522c", status=Status.RETRACTED, level=Level.REJECTED)
        out, _ = run("import", "--service")
        assert "0 new, 0 replaced, 1 unchanged, 1 taken back; refused: 1 retracted" in out
        rows = json.loads(run("query", "SELECT id, source FROM visits", "--json")[0])
        assert rows == {"id": "stop-1", "source": "service"}

    def test_that_never_ran_is_one_line(self, run: Run) -> None:
        assert run("import", "--service", status=1)[1].startswith("detector: ")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [([], "nothing to take in: name files, or --service"), (["x", "--store", "embedded"], "goes with --service")],
    )
    def test_is_asked_for_by_name(self, run: Run, arguments: list[str], words: str) -> None:
        assert words in run("import", *arguments, status=2)[1]


def test_quartiles_are_told_of_four_visits_and_a_wide_answer_goes_down_the_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stops.jsonl"
    times = [{"min": 60 * m, "max": 60 * m, "estimate": 60 * m} for m in (20, 30, 40, 50, 60)]
    path.write_text("".join(line(10 * k, "ZKPY", ground_time_s=time) for k, time in enumerate(times)), encoding="utf-8")
    run("import", path)
    said, _ = run("show", "ZKPY")
    assert "a quarter of the 5 visits whose time is known well up to 30 min, half 40 min, three quarters 50 min" in said
    down = run("query", "SELECT * FROM visits LIMIT 1")[0].splitlines()
    assert any(text.split() == ["ground_min_s", "1200.0"] for text in down)


def test_the_learned_file_outlives_what_it_was_learned_from_and_forget_says_so(run: Run, stops: Path) -> None:
    run("import", stops)
    assert "still go by" not in run("forget", "--before", "2020-01-01")[0]
    run("learn")
    assert "runs still go by what was learned before" in run("forget", "--before", "2030-01-01")[0]


def test_nothing_is_learned_where_a_month_is_missing(run: Run, stops: Path, home: Path) -> None:
    run("import", stops)
    (home / "visits-2024-10.parquet").write_bytes(b"PAR1 nothing")
    assert "until then nothing is learned" in run("learn", status=1)[1]


def test_alerts_are_told_from_stops(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"schema":"detector.alert/1"}\n', encoding="utf-8")
    assert "alerts; give the stops" in run("import", path, status=1)[1]
