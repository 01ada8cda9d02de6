from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError, UsageError
from detector.domain.visit import Coded, Visit, VisitColumns
from detector.history.archive import Added, Archive
from tests.history.visits import BEGIN, drawn, visit

MONTH_S = 31 * 86_400


def assert_same(a: VisitColumns, b: VisitColumns) -> None:
    for name in VisitColumns.__dataclass_fields__:
        left, right = getattr(a, name), getattr(b, name)
        if isinstance(left, Coded):
            assert left.names == right.names, name
            left, right = left.codes, right.codes
        assert left.dtype == right.dtype, name
        np.testing.assert_array_equal(left, right, name)


def stored(archive: Archive) -> list[Visit]:
    """Every visit as it was given, by its id."""
    made = []
    for record in archive.query("SELECT * FROM visits ORDER BY id").records():
        for name in ("landed_at", "departed_at"):
            record[name] = None if record[name] is None else round(record[name].timestamp() * 1e6) / 1e6
        made.append(Visit(**record))
    return made


def test_an_archive_that_is_not_there_is_empty(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "none")
    assert archive.months() == []
    assert len(archive.columns()) == 0
    assert list(archive.query("SELECT count(*) AS n FROM visits").rows()) == [(0,)]
    assert archive.forget(date(2030, 1, 1)) == 0
    assert not (tmp_path / "none").exists()


@given(st.lists(drawn(st.uuids().map(str)), max_size=20, unique_by=lambda one: one.id))
def test_what_is_added_is_what_is_read(visits: list[Visit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        assert archive.add(visits) == Added(new=len(visits))
        assert stored(archive) == sorted(visits, key=lambda one: one.id)
        assert_same(archive.columns(), VisitColumns.of(visits))
        assert archive.add(visits) == Added(unchanged=len(visits))


@given(st.data())
def test_any_cuts_and_any_order_give_the_same_archive(data: st.DataObject) -> None:
    visits = data.draw(st.lists(drawn(st.uuids().map(str)), max_size=12, unique_by=lambda one: one.id))
    shuffled = data.draw(st.permutations(visits))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(visits)), max_size=3)))
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        for begin, end in pairwise([0, *cuts, len(visits)]):
            archive.add(shuffled[begin:end])
        assert_same(archive.columns(), VisitColumns.of(visits))


@given(st.lists(st.lists(drawn(st.sampled_from("abcd")), max_size=4), max_size=4))
def test_of_several_with_one_id_the_last_given_counts_whatever_month_it_lands_in(batches: list[list[Visit]]) -> None:
    last = {one.id: one for batch in batches for one in batch}
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        added = Added()
        for batch in batches:
            added = added.and_(archive.add(batch))
        assert stored(archive) == sorted(last.values(), key=lambda one: one.id)
        assert added.new == len(last)
        assert added.new + added.replaced + added.unchanged == sum(len({one.id for one in batch}) for batch in batches)


def test_columns_are_cut_by_landing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(n) for n in range(10)])
    columns = archive.columns(BEGIN + 3 * 3600.0, BEGIN + 5 * 3600.0)
    assert columns.landed_at.tolist() == [BEGIN + 3 * 3600.0, BEGIN + 4 * 3600.0]


def test_the_files_are_by_month_and_anybody_may_read_them(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(0), visit(1, landed_at=BEGIN + MONTH_S), visit(2)])
    assert [month[:2] for month in archive.months()] == [("2023-11", 2), ("2023-12", 1)]
    assert (tmp_path / "visits-2023-11.parquet").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lock",
        "visits-2023-11.parquet",
        "visits-2023-12.parquet",
    ]


def test_a_day_is_forgotten_from_its_beginning(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    days = [date(2023, 10, 31), date(2023, 11, 14), date(2023, 11, 15), date(2023, 12, 1)]
    archive.add([visit(n, landed_at=(day.toordinal() - 719_163) * 86_400.0) for n, day in enumerate(days)])
    assert archive.forget(date(2023, 11, 15)) == 2
    assert [one.id for one in stored(archive)] == ["v2", "v3"]
    assert archive.forget(date(2023, 11, 15)) == 0


def test_the_oldest_months_go_where_there_are_too_many(tmp_path: Path) -> None:
    archive = Archive(tmp_path, most_visits=4)
    archive.add([visit(0), visit(1), visit(2, landed_at=BEGIN + MONTH_S)])
    added = archive.add([visit(n, landed_at=BEGIN + 2 * MONTH_S + n) for n in range(3, 5)])
    assert added == Added(new=2, forgotten=2)
    assert [one.id for one in stored(archive)] == ["v2", "v3", "v4"]
    assert archive.add([visit(n, landed_at=BEGIN + 2 * MONTH_S + n) for n in range(5, 9)]).forgotten == 1
    assert [month.visits for month in archive.months()] == [6], "the last month stays, however large it is"


@pytest.mark.parametrize("damage", ["cut", "middle", "empty"])
def test_a_damaged_month_is_named_and_the_others_stay_usable(tmp_path: Path, damage: str) -> None:
    archive = Archive(tmp_path)
    november = [visit(n, registration=f"HB-{n:03}", callsign_in=f"{n * 7919 % 1000}") for n in range(200)]
    archive.add([*november, visit(500, landed_at=BEGIN + MONTH_S)])
    path = tmp_path / "visits-2023-11.parquet"
    data = path.read_bytes()
    if damage == "middle":
        # The end with the places of the columns is whole: only reading the pages shows it.
        path.write_bytes(data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :])
        assert archive.months()[0].fault == ""
    else:
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else b"")
    assert [one.id for one in stored(archive)] == ["v500"]
    assert "visits-2023-11.parquet: damaged" in archive.months()[0].fault
    assert len(Archive(tmp_path).columns()) == 1
    with pytest.raises(InputError, match=r"visits-2023-11\.parquet: damaged"):
        archive.add([visit(0, level=3), visit(501, landed_at=BEGIN + MONTH_S)])
    assert archive.add([visit(502, landed_at=BEGIN + MONTH_S)]).new == 1


def test_a_file_of_somebody_else_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(0)])
    import polars as pl

    path = tmp_path / "visits-2023-11.parquet"
    pl.read_parquet(path).drop("source").write_parquet(path)
    assert "another version" in archive.months()[0].fault


KILLED = """
import os, sys
from pathlib import Path
from detector.history.archive import Archive
from tests.history.visits import visit
os.replace = lambda *_: os._exit(9)
Archive(Path(sys.argv[1])).add([visit(0, level=3), visit(1)])
"""


def test_a_kill_between_writing_and_renaming_leaves_what_was_there(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(0)])
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, check=False)
    assert done.returncode == 9
    assert len(list(tmp_path.glob(".new-*"))) == 1
    assert stored(archive) == [visit(0)]
    assert archive.add([visit(0, level=3), visit(1)]) == Added(new=1, replaced=1)
    assert not list(tmp_path.glob(".new-*"))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT nothing FROM visits", "nothing"),
        ("SELECT * FROM elsewhere", "elsewhere"),
        ("SELECT count(* FROM visits", "cannot be answered"),
        ("DELETE FROM visits", "begins with SELECT"),
        ("", "begins with SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "no files"),
        ("SELECT * FROM visits; SELECT 1", "cannot be answered"),
    ],
)
def test_a_wrong_query_is_one_clear_line(tmp_path: Path, sql: str, words: str) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(0)])
    with pytest.raises(UsageError, match=words) as caught:
        archive.query(sql)
    assert "\n" not in str(caught.value)


def test_a_query_knows_moments_as_moments(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add([visit(0), visit(1, landed_at=BEGIN + MONTH_S)])
    answer = archive.query("WITH v AS (SELECT * FROM visits) SELECT id FROM v WHERE landed_at < DATE '2023-12-01'")
    assert (answer.names, list(answer.rows())) == (("id",), [("v0",)])
