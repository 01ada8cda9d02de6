"""The archive: visits by month of landing, one Parquet file each, merged by their ids.

    visits-2024-11.parquet    put in place in one step, so after a crash a month is as it was or as it should be
    lock                      one change at a time

A visit whose landing moves to another month is written there before it is taken from the old one: after a crash just
then it is in both, until it is given again.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from detector.domain.errors import OutputError
from detector.domain.visit import Visit, VisitColumns
from detector.history import asking, months
from detector.history.asking import Answer
from detector.history.engine import pl
from detector.history.months import DamagedError
from detector.history.table import NEEDED, SCHEMA, columns_of, table_of

MOST_VISITS = 20_000_000
"""More are not kept: some 40 bytes each on the disk, and 80 as columns in memory."""


class Added(NamedTuple):
    """What became of visits that were given. `forgotten`: older ones that went because there were too many; `removed`:
    those that turned out to be none."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    forgotten: int = 0
    removed: int = 0

    def and_(self, other: Added) -> Added:
        """Both together."""
        return Added(*(a + b for a, b in zip(self, other, strict=True)))


class Month(NamedTuple):
    """A month (2024-11) and how many visits it has; `fault`: why its file cannot be used, "" = it can."""

    name: str
    visits: int
    fault: str = ""


class Archive:
    """The visits in one folder, which need not exist before something is added.

    Readers (`columns`, `query`, `ask`) leave out a month whose file is damaged; afterwards `months` says which and why,
    also of damage that shows only when all of a file is read.
    """

    def __init__(self, folder: Path, most_visits: int = MOST_VISITS) -> None:
        self.folder = folder
        self.most_visits = most_visits
        self._damaged: dict[str, str] = {}
        """Months of which reading showed the damage, and what is to be said of them."""

    def add(self, visits: Sequence[Visit]) -> Added:
        """Take in visits; one that is there already (by its id) is replaced by the one given.

        Raises DamagedError where the file of one of their months cannot be read: nothing has been written, unless the
        damage lies deep in it; then earlier months have. OutputError where something cannot be written.
        """
        if not visits:
            return Added()
        self._damaged.clear()  # somebody may have put a file right
        table = table_of(visits)
        by_month = table.with_columns(month=pl.col("landed_at").dt.strftime("%Y-%m")).partition_by(
            "month", as_dict=True, include_key=False
        )
        given = {str(key[0]): part for key, part in sorted(by_month.items())}
        with self._alone():
            for month in given:
                if (path := months.path_of(self.folder, month)).exists():
                    months.count(path)
            added = Added()
            for month, part in given.items():
                added = added.and_(self._merged(month, part))
            moved = self._take_from_others(table.select("id", month=pl.col("landed_at").dt.strftime("%Y-%m")))
            # What was in another month counted as new there.
            moved = min(moved, added.new)
            return added.and_(Added(new=-moved, replaced=moved, forgotten=self._keep_within_bound()))

    def remove(self, ids: Sequence[str]) -> Added:
        """Take out visits that turned out to be none; ids that are not there do not matter. Raises OutputError."""
        if not ids or not self.folder.is_dir():
            return Added()
        nowhere = pl.DataFrame({"id": ids, "month": [""] * len(ids)}, schema={"id": pl.String, "month": pl.String})
        with self._alone():
            return Added(removed=self._take_from_others(nowhere))

    def columns(self, since: float | None = None, until: float | None = None) -> VisitColumns:
        """Visits that landed from `since` on and before `until` (Unix s, None = no bound), as columns."""
        parts = []
        for path in self._usable():
            kept = months.scan(path).select(NEEDED)
            if since is not None:
                kept = kept.filter(pl.col("landed_at") >= _moment(since))
            if until is not None:
                kept = kept.filter(pl.col("landed_at") < _moment(until))
            try:
                with months.reading(path):
                    parts.append(kept.collect())
            except DamagedError as error:
                self._remember(error)
        return columns_of(parts)

    def months(self) -> list[Month]:
        """Every month of which there is a file, the earliest first."""
        found = []
        for name in months.months_in(self.folder):
            try:
                visits, fault = months.count(months.path_of(self.folder, name)), self._damaged.get(name, "")
            except DamagedError as error:
                visits, fault = 0, str(error)
            found.append(Month(name, 0 if fault else visits, fault))
        return found

    def ask(self, question: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """What `question` makes of the table of all visits that can be read. Raises UsageError where it makes none."""
        while True:
            try:
                return asking.collected(question, self._usable())
            except DamagedError as error:
                self._remember(error)

    def query(self, sql: str) -> Answer:
        """The answer to one SELECT over the table `visits`. Raises UsageError where it is not one that can be made."""
        return Answer(self.ask(lambda visits: asking.asked(sql, visits)))

    def forget(self, before: date) -> int:
        """Drop the visits that landed before that day, UTC. How many they were; a damaged month counts none."""
        if not self.folder.is_dir():
            return 0
        forgotten = 0
        with self._alone():
            for month in self.months():
                path = months.path_of(self.folder, month.name)
                if month.name < before.strftime("%Y-%m"):
                    path.unlink()
                    forgotten += month.visits
                elif month.name == before.strftime("%Y-%m"):
                    kept = months.read(path).filter(
                        pl.col("landed_at") >= datetime(before.year, before.month, before.day, tzinfo=UTC)
                    )
                    _put(path, kept)
                    forgotten += month.visits - len(kept)
        return forgotten

    def _usable(self) -> list[Path]:
        return [months.path_of(self.folder, month.name) for month in self.months() if not month.fault]

    def _remember(self, error: DamagedError) -> None:
        self._damaged[months.month_of(error.path)] = str(error)

    def _merged(self, month: str, given: pl.DataFrame) -> Added:
        path = months.path_of(self.folder, month)
        given = given.select(list(SCHEMA))
        there = months.scan(path) if path.exists() else pl.LazyFrame(schema=SCHEMA)
        # Not all of the month at once: it may have millions.
        with months.reading(path):
            old = there.join(given.lazy().select("id"), on="id", how="semi").collect(engine="streaming")
        both = given.join(old, on="id", suffix="_old")
        differ = pl.any_horizontal(*(pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in SCHEMA if name != "id"))
        replaced = int(both.select(differ.sum()).item())
        new = len(given) - len(both)
        if new or replaced:
            kept = there.join(given.lazy().select("id"), on="id", how="anti")
            try:
                months.write(path, pl.concat([kept, given.lazy()]))
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                months.read(path)  # raises if what was there is at fault
                raise OutputError(f"{path}: cannot be written: {asking.first_line(error)}") from error
        return Added(new, replaced, len(both) - replaced)

    def _take_from_others(self, given: pl.DataFrame) -> int:
        """Visits whose landing was in another month before are taken out there; how many."""
        moved = 0
        for path in self._usable():
            elsewhere = given.filter(pl.col("month") != months.month_of(path)).select("id")
            try:
                ids = months.ids(path)
            except DamagedError as error:
                self._remember(error)
                continue
            stale = ids.join(elsewhere, on="id", how="semi")
            if len(stale):
                _put(path, months.read(path).join(stale, on="id", how="anti"))
                moved += len(stale)
        return moved

    def _keep_within_bound(self) -> int:
        """The oldest months go while there are too many visits; the last month stays."""
        there = [month for month in self.months() if not month.fault]
        excess = sum(month.visits for month in there) - self.most_visits
        forgotten = 0
        for month in there[:-1]:
            if forgotten >= excess:
                break
            months.path_of(self.folder, month.name).unlink()
            forgotten += month.visits
        return forgotten

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One change at a time; the lock goes with the process."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                # What a change that was killed has left behind.
                for unfinished in self.folder.glob(f"{months.UNFINISHED}*"):
                    unfinished.unlink()
                yield
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def _put(path: Path, kept: pl.DataFrame) -> None:
    """What is left of a month; of nothing there is no file."""
    if kept.is_empty():
        path.unlink()
    else:
        months.write(path, kept.lazy())


def _moment(at: float) -> pl.Expr:
    return pl.lit(round(at * 1_000_000)).cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
