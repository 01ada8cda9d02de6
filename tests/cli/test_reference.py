"""`detector reference`: what a person sees of the tables, and how newer ones get in."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from detector.cli import status_of
from detector.editions import Library
from detector.settings import load_configuration

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "data" / "reference"
HEAD = ["Code", "Name", "ICAO", "IATA", "Location", "CountryISO2", "Latitude", "Longitude", "AltitudeFeet"]
Rows = list[list[str]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The output of `detector reference ...`, which has to end with the status given."""

    def run(*args: object, status: int = 0) -> str:
        ended = status_of(["reference", *map(str, args)])
        captured = capsys.readouterr()
        assert ended == status, captured.err
        assert captured.err.count("\n") == (1 if status else 0), captured.err
        return captured.out + captured.err

    return run


def told(out: Callable[..., str], *names: str, on: str = "2024-11-07") -> list[dict[str, Any]]:
    return [json.loads(line) for line in out("show", *names, "--on", on, "--json").splitlines()]


@cache
def airports() -> tuple[tuple[str, ...], ...]:
    with gzip.open(SHARED / "airports.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        return tuple(tuple(row) for row in csv.reader(file))


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def changed(path: Path, code: str, **columns: str) -> Path:
    rows = [list(row) for row in airports()]
    for row in rows[1:]:
        if row[0] == code:
            for name, value in columns.items():
                row[HEAD.index(name)] = value
    return write(path, rows)


def tables_in_use() -> str:
    return load_configuration().hash


def test_an_airport_is_shown_with_its_runways_listings_and_tables(out: Callable[..., str]) -> None:
    (found,) = told(out, "fnj")
    airport = found["airport"]
    assert (airport["code"], airport["country"], airport["kind"]) == ("ZKPY", "KP", "airport")
    (runway,) = airport["runways"]
    assert [end["ident"] for end in runway["ends"]] == ["17", "35"]
    assert runway["ends"][0]["latitude_deg"] > runway["ends"][1]["latitude_deg"]
    assert [(listing["list"], listing["from"], listing["in_force"]) for listing in airport["listings"]] == [
        ("un-north-korea", "2006-10-14", True),
        ("us-north-korea", "2016-03-15", True),
        ("us-north-korea-landing", "2017-09-20", True),
    ]
    assert {"airports", "watchlists/listed_airports.yaml"} <= {table["name"] for table in airport["tables"]}
    text = out("show", "ZKPY", "--on", "2016-01-01")
    assert "Sunan International Airport, Pyongyang (ZKPY, FNJ), KP" in text
    assert "NOT IN FORCE on 2016-01-01: us-north-korea:" in text


@pytest.mark.parametrize("name", ["15522c", "15522C", "RA-86572", "ra86572"])
def test_an_aircraft_is_found_by_its_address_and_by_its_registration(out: Callable[..., str], name: str) -> None:
    (found,) = told(out, name)
    (aircraft,) = found["aircraft"]
    assert (aircraft["icao24"], aircraft["country"], aircraft["military"]) == ("15522c", "RU", True)
    assert aircraft["registration"][0]["value"] == "RA-86572"
    assert aircraft["type_name"] == "Ilyushin Il-62"
    assert "plane-alert-db" in aircraft["operator"][0]["source"]


def test_a_listed_aircraft_is_shown_with_the_days_of_its_listings(out: Callable[..., str]) -> None:
    (before,), (after,) = told(out, "EP-FAA", on="2019-01-23"), told(out, "EP-FAA", on="2019-01-24")
    assert [listing["in_force"] for listing in before["aircraft"][0]["listings"]] == [False, False]
    assert [
        (listing["list"], listing["identifier"], listing["from"], listing["in_force"])
        for listing in after["aircraft"][0]["listings"]
    ] == [
        ("us-designated-airlines", "QESHM FARS AIR", "2019-01-24", True),
        ("us-ofac-sdn", "SDN entry 26345", "2019-01-24", True),
    ]


def test_a_registration_that_only_a_list_knows_is_shown_without_an_address(out: Callable[..., str]) -> None:
    text = out("show", "P-532")
    assert "SDN entry 20540, from 2016-12-02" in text


def test_what_nobody_knows_is_an_error_after_what_is_known(out: Callable[..., str]) -> None:
    text = out("show", "ZKPY", "XYZZY", "QQQQQQQQ", status=2)
    assert "Sunan International Airport" in text
    assert "XYZZY: no airport code, no address" in text
    assert "QQQQQQQQ: no airport code" in text


@pytest.mark.parametrize("on", ["yesterday", "2024-13-01", "07.11.2024"])
def test_a_day_is_written_as_one(out: Callable[..., str], on: str) -> None:
    assert "not a day; write it as 2024-11-07" in out("show", "ZKPY", "--on", on, status=2)


class TestAnUpdate:
    def test_is_shown_before_it_is_taken_and_can_be_taken_back(self, out: Callable[..., str], tmp_path: Path) -> None:
        before = tables_in_use()
        path = changed(tmp_path / "new.csv", "LFBO", AltitudeFeet="505")
        text = out("update", "--airports", path, "--dry-run")
        assert "LFBO Toulouse-Blagnac Airport (FR): elevation 499 ft -> 505 ft" in text
        assert tables_in_use() == before
        assert "add --yes to take it" in out("update", "--airports", path, status=2)
        assert tables_in_use() == before
        assert "Taken: version 1 is in use" in out("update", "--airports", path, "--yes")
        assert tables_in_use() != before
        assert told(out, "LFBO")[0]["airport"]["elevation_ft"] == 505
        assert "in use 1" in out("versions")
        out("use", "0")
        assert tables_in_use() == before
        out("use", "1")
        assert told(out, "LFBO")[0]["airport"]["elevation_ft"] == 505

    def test_names_the_version_of_every_table_with_its_hash(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = changed(tmp_path / "new.csv", "LFBO", AltitudeFeet="505")
        out("update", "--airports", path, "--dated", "2026-11-01", "--yes")
        (version,) = (json.loads(line) for line in out("versions", "--json").splitlines())
        (table,) = version["tables"]
        used = next(one for one in load_configuration().tables_used if one.name == "airports")
        assert (used.sha256, str(used.dated)) == (table["sha256"], "2026-11-01")
        assert [file["name"] for file in table["files"]] == ["new.csv"]

    @pytest.mark.parametrize(
        ("code", "columns", "words"),
        [
            # A watched field, so that it comes first; 90 degrees do not give the exchange away here.
            ("OSDI", {"Latitude": "36.515598", "Longitude": "33.411499"},
             ("OSDI Damascus International Airport (SY): latitude and longitude exchanged")),
            ("ZKPY", {"Latitude": "125.669998", "Longitude": "39.224098"}, "ZKPY: the latitude is `125.669998`"),
            ("EHAM", {"Latitude": "NaN"}, "EHAM: the latitude is `NaN`"),
            ("EHAM", {"Longitude": "inf"}, "EHAM: the longitude is `inf`"),
            ("EHAM", {"AltitudeFeet": "nan"}, "EHAM: the elevation is `nan`"),
            ("EHAM", {"Latitude": "42.3"}, "EHAM Amsterdam Airport Schiphol (NL): moved by"),
        ],
    )  # fmt: skip
    def test_keeps_the_old_row_where_the_new_one_cannot_be_right(
        self, out: Callable[..., str], tmp_path: Path, code: str, columns: dict[str, str], words: str
    ) -> None:
        (before,) = told(out, code)
        path = changed(tmp_path / "new.csv", code, **columns)
        assert words in out("update", "--airports", path, "--yes")
        (after,) = told(out, code)
        for name in ("latitude_deg", "longitude_deg", "elevation_ft", "runways", "listings"):
            assert after["airport"][name] == before["airport"][name]

    def test_takes_the_first_of_two_rows_of_one_field(self, out: Callable[..., str], tmp_path: Path) -> None:
        rows = [list(row) for row in airports()]
        again = next(list(row) for row in rows if row[0] == "EDDF")
        again[HEAD.index("AltitudeFeet")] = "999"
        text = out("update", "--airports", write(tmp_path / "new.csv", [*rows, again]), "--yes")
        assert "1 duplicate" in text
        assert told(out, "EDDF")[0]["airport"]["elevation_ft"] != 999

    def test_of_a_hundred_thousand_fields_is_taken_with_its_differences(
        self, out: Callable[..., str], tmp_path: Path
    ) -> None:
        rows = [list(row) for row in airports()]
        more = [[f"ZZ{k:05d}", f"Field {k}", "", "", "", "US", f"{20 + k % 400 / 10}", f"{-70 - k // 400 / 10}", "10"]
                for k in range(100_000 - len(rows) + 1)]  # fmt: skip
        record = json.loads(out("update", "--airports", write(tmp_path / "new.csv", rows + more), "--yes", "--json"))
        (table,) = record["tables"]
        assert table["rows"] == 100_000
        assert table["review"]["counts"]["added"] == len(more)
        assert len(load_configuration().airports) >= 100_000

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda rows: [["Lat" if name == "Latitude" else name for name in rows[0]], *rows[1:]],
             "lacks the column `Latitude` (the nearest there is `Lat`)"),
            (lambda rows: rows[: len(rows) // 2], "is it the whole table?"),
            (lambda rows: [rows[0]], "is it the whole table?"),
            (lambda _: [], "the first line should name the columns"),
            (lambda rows: [rows[0], *([*row[:6], row[7], row[6], row[8]] for row in rows[1:])], "rows"),
        ],
        ids=["renamed column", "cut off", "head alone", "empty", "two columns exchanged"],
    )  # fmt: skip
    def test_of_a_file_that_is_no_whole_table_is_refused(
        self, out: Callable[..., str], tmp_path: Path, make: Callable[[Rows], Rows], words: str
    ) -> None:
        before = tables_in_use()
        path = write(tmp_path / "new.csv", make([list(row) for row in airports()]))
        text = out("update", "--airports", path, "--yes", status=1)
        assert str(path) in text
        assert words in text
        assert tables_in_use() == before

    def test_that_the_configuration_does_not_fit_is_refused(self, out: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "detector.yaml").write_text("watchlists: []\nairports: mine.yaml\n", encoding="utf-8")
        (tmp_path / "mine.yaml").write_text(
            "airports:\n  - {code: LFBO, elevation_ft: 500, source: a map of my own}\n", encoding="utf-8"
        )
        rows = [list(row) for row in airports() if row[0] != "LFBO"]
        path = write(tmp_path / "new.csv", rows)
        text = out("update", "--airports", path, "--yes", "--config", tmp_path / "detector.yaml", status=2)
        assert "mine.yaml:2: field LFBO is not in the airports table" in text

    @pytest.mark.parametrize("name", ["nowhere.csv", "."])
    def test_of_a_file_that_cannot_be_read_is_one_line(
        self, out: Callable[..., str], tmp_path: Path, name: str
    ) -> None:
        assert "cannot be read" in out("update", "--ofac", tmp_path / name, "--yes", status=1)

    def test_of_a_packed_file_that_is_cut_off_is_refused(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = tmp_path / "airports.csv.gz"
        path.write_bytes((SHARED / "airports.csv.gz").read_bytes()[:-5000])
        assert "damaged or cut off" in out("update", "--airports", path, "--yes", status=1)

    def test_of_an_endless_line_is_refused_before_it_fills_the_memory(
        self, out: Callable[..., str], tmp_path: Path
    ) -> None:
        path = tmp_path / "airports.csv.gz"
        path.write_bytes(gzip.compress(",".join(HEAD).encode() + b"\n" + b"x" * 50_000_000))
        assert ":2: a line of more than" in out("update", "--airports", path, "--yes", status=1)

    def test_of_what_is_no_text_is_refused(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = tmp_path / "airports.csv"
        path.write_bytes(b"Code,Name\n\xff\xfe\x00")
        assert "not UTF-8 text" in out("update", "--airports", path, "--yes", status=1)

    def test_that_accepts_a_field_of_neither_table_is_a_usage_error(
        self, out: Callable[..., str], tmp_path: Path
    ) -> None:
        path = changed(tmp_path / "airports.csv", "ZKPY", Name="Sunan")
        assert "--accept QQQQ: a field of neither table" in out(
            "update", "--airports", path, "--accept", "qqqq", status=2
        )

    @pytest.mark.parametrize(
        ("args", "words"),
        [
            ([], "nothing to take in"),
            (["--runways", "x.csv"], "--runways goes with --airports"),
            (["--ofac", "x.csv", "--name", "mine"], "--name is for one table of aircraft"),
            (["--ofac", "x.csv", "--dated", "today"], "not a day"),
            (["--ofac", "x.csv", "--dated", "2999-01-01"], "is yet to come"),
        ],
    )
    def test_that_is_asked_for_wrongly_is_a_usage_error(
        self, out: Callable[..., str], args: list[str], words: str
    ) -> None:
        assert words in out("update", *args, status=2)


AIRCRAFT = """\
icao24,registration,type,operator,military,from,to
44f001,OO-XXA,B738,One Air,,,2020-12-31
440001,OE-IAA,B738,One Air,,,2020-12-31
440001,OE-IBB,B738,Two Air,,2021-01-01,
xyz,OE-ICC,B738,,,,
"""


class TestATableOfAircraft:
    def test_of_ones_own_is_trusted_before_the_shipped_one(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text(AIRCRAFT, encoding="utf-8")
        text = out("update", "--aircraft", path, "--dated", "2026-10-01", "--yes", "--force")
        assert "3 rows, 0 before; 2 aircraft new" in text
        assert "line 5: 'xyz' is no address" in text
        (old,), (new,) = told(out, "440001", on="2020-06-01"), told(out, "440001", on="2021-06-01")
        assert old["aircraft"][0]["registration"][0]["value"] == "OE-IAA"
        assert new["aircraft"][0]["registration"][0] == {
            "value": "OE-IBB", "source": "mine (mine.csv)", "dated": "2026-10-01", "from": "2021-01-01", "to": None,
            "weak": False,
        }  # fmt: skip
        assert [remark["kind"] for remark in new["aircraft"][0]["remarks"]] == ["reregistered"]

    def test_replaces_the_one_of_its_name_and_shows_what_changes(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text("icao24,registration\n440001,OE-IAA\n440002,OE-IBB\n", encoding="utf-8")
        out("update", "--aircraft", path, "--yes")
        path.write_text("icao24,registration\n440001,OE-IXX\n440003,OE-ICC\n", encoding="utf-8")
        assert "would remove 1 of 2 aircraft" in out("update", "--aircraft", path, "--yes", status=1)
        text = out("update", "--aircraft", path, "--yes", "--force")
        for line in ("+ 440003 OE-ICC", "- 440002 OE-IBB", "~ 440001 OE-IAA -> OE-IXX"):
            assert line in text
        assert len(json.loads(out("versions", "--json").splitlines()[-1])["tables"]) == 1

    def test_that_is_none_is_refused(self, out: Callable[..., str], tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text("address,tail\n440001,OE-IAA\n", encoding="utf-8")
        assert f"{path}:1: no column `registration`" in out("update", "--aircraft", path, "--yes", status=1)


SDN = """\
26345,"EP-FAA","aircraft","SDGT] [IFSR",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Aircraft Model Boeing B747; \
Aircraft Manufacturer's Serial Number (MSN) 24576; Aircraft Tail Number EP-FAA; Linked To: QESHM FARS AIR."
99999,"OE-IAA","aircraft","RUSSIA-EO14024",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Aircraft Mode S Transponder Code \
440001; Aircraft Model A320; Aircraft Tail Number OE-IAA."
7,"SOMEBODY",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
"""


def test_a_newer_ofac_list_keeps_the_days_that_are_known_and_ends_what_is_gone(
    out: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "sdn.csv"
    path.write_text(SDN, encoding="utf-8")
    assert "276 of 277" in out("update", "--ofac", path, "--dated", "2026-11-01", "--yes", status=1)
    text = out("update", "--ofac", path, "--dated", "2026-11-01", "--yes", "--force")
    assert "1 aircraft new, 276 gone" in text
    (kept,) = told(out, "EP-FAA", on="2026-11-02")
    listing = next(one for one in kept["aircraft"][0]["listings"] if one["list"] == "us-ofac-sdn")
    assert (listing["from"], listing["in_force"]) == ("2019-01-24", True)
    (gone,) = told(out, "EP-FAB", on="2026-11-02")
    spans = [(one["from"], one["to"]) for one in gone["aircraft"][0]["listings"] if one["list"] == "us-ofac-sdn"]
    assert spans == [("2019-01-24", "2020-02-07"), ("2020-02-08", "2026-10-31")]
    assert not any(one["in_force"] for one in gone["aircraft"][0]["listings"] if one["list"] == "us-ofac-sdn")
    (new,) = told(out, "440001", on="2026-11-02")
    assert [(one["from"], one["matched"]) for one in new["aircraft"][0]["listings"]] == [
        ("2026-11-01", "registration OE-IAA")
    ]


UPDATE = """
import sys
from pathlib import Path
from detector.cli import status_of
print("ready", flush=True)
while status_of(["reference", "update", "--airports", sys.argv[1], "--aircraft", sys.argv[2], "--yes"]) == 0:
    pass
"""


def test_killed_in_the_middle_the_tables_in_use_are_those_before_or_those_after(
    out: Callable[..., str], tmp_path: Path
) -> None:
    fields = changed(tmp_path / "new.csv", "LFBO", AltitudeFeet="505")
    aircraft = tmp_path / "mine.csv"
    aircraft.write_text("icao24,registration\n440001,OE-IAA\n", encoding="utf-8")
    before, hashes = tables_in_use(), set()
    command = [sys.executable, "-c", UPDATE, str(fields), str(aircraft)]
    for kill in range(6):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ) as update:
            assert update.stdout is not None
            assert update.stdout.readline() == b"ready\n"
            time.sleep(0.3 + 0.7 * kill)  # before the first update is done, then after more and more of them
            deadline = time.monotonic() + 120.0
            while kill == 5 and tables_in_use() == before and time.monotonic() < deadline:
                time.sleep(0.1)  # on a busy machine none may have come to its end until now
            update.send_signal(signal.SIGKILL)
        hashes.add(tables_in_use())
    assert before in hashes
    after = hashes - {before}
    assert len(after) == 1, "no update came to an end, or a half one is in use"
    assert told(out, "LFBO")[0]["airport"]["elevation_ft"] == 505
    assert told(out, "440001")[0]["aircraft"][0]["registration"][0]["value"] == "OE-IAA"


def test_a_damaged_table_is_told_with_the_way_back(out: Callable[..., str], tmp_path: Path) -> None:
    out("update", "--airports", changed(tmp_path / "new.csv", "LFBO", AltitudeFeet="505"), "--yes")
    library = Library(tmp_path / "state" / "reference")
    version = library.current()
    assert version is not None
    path = library.folder / "objects" / version.tables[0].sha256
    path.write_bytes(path.read_bytes()[:-1])
    assert "the table airports is damaged (its SHA-256 differs)" in out("show", "ZKPY", status=1)
    out("use", "0")
    out("show", "ZKPY")
