"""Pages are whole: whatever is opened, revised or dropped meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.web.live.shelf import Place, Record, Shelf, packed

DAY_S = 86_400.0
TIMES = st.floats(0.0, 1e6, allow_nan=False)


def record(
    at: float, name: str, *, changed_at: float | None = None, lasting: bool = False, line: bytes = b"{}"
) -> Record:
    changed = at if changed_at is None else changed_at
    return Record((at, name), changed, lasting, at, at, {"rule": ("listed_airport",)}, packed(line))


def everything(_: Record) -> bool:
    return True


def ids(shelf: Shelf, before: Place | None = None) -> list[str]:
    return [one.id for one in shelf.newest(before, everything)]


@dataclass
class Reader:
    """Goes through a shelf page by page."""

    shelf: Shelf
    limit: int
    place: Place | None = None
    told: list[str] = field(default_factory=list)
    done: bool = False

    def turn(self) -> None:
        page = list(self.shelf.newest(self.place, everything))[: self.limit]
        self.told += [one.id for one in page]
        self.done = len(page) < self.limit
        if page:
            self.place = page[-1].place


@given(
    first=st.lists(TIMES, max_size=30),
    meanwhile=st.lists(st.tuples(TIMES, st.integers(0, 40)), max_size=60),
    limit=st.integers(1, 7),
)
@settings(max_examples=150)
def test_pages_give_what_was_there_at_the_first_one_exactly_once(
    first: list[float], meanwhile: list[tuple[float, int]], limit: int
) -> None:
    """Between two pages some are opened, before and behind the place of the reader, and some are revised."""
    shelf = Shelf(1_000, DAY_S)
    for i, at in enumerate(first):
        shelf.put(record(at, f"old-{i}"))
    reader, n = Reader(shelf, limit), 0
    reader.turn()
    while not reader.done:
        for at, which in meanwhile[n : n + 3]:
            if which < len(first):
                shelf.put(record(first[which], f"old-{which}", changed_at=at))
            else:
                shelf.put(record(at, f"new-{at}-{which}"))
        n += 3
        reader.turn()
    assert len(reader.told) == len(set(reader.told)), "one came twice"
    assert [name for name in reader.told if name.startswith("old-")] == [
        name for name in ids(shelf) if name.startswith("old-")
    ]


def test_the_latest_come_first_and_a_revision_keeps_its_place() -> None:
    shelf = Shelf(10, DAY_S)
    for at in (1.0, 3.0, 2.0):
        shelf.put(record(at, f"r{at:g}"))
    shelf.put(record(9.0, "r1", changed_at=9.0, line=b'{"revision":2}'))
    assert ids(shelf) == ["r3", "r2", "r1"]
    newest = shelf.get("r1")
    assert newest is not None
    assert (newest.line, newest.place) == (b'{"revision":2}', (1.0, "r1"))


def test_what_is_too_much_goes_and_what_lasts_goes_last() -> None:
    shelf = Shelf(100, DAY_S)
    for i in range(300):
        shelf.put(record(float(i), f"r{i:03d}", lasting=i < 10))
    assert 100 <= len(shelf) <= 105
    assert ids(shelf)[-10:] == [f"r{i:03d}" for i in range(9, -1, -1)]
    assert ids(shelf)[0] == "r299"


def test_what_is_too_old_goes_unless_it_lasts() -> None:
    shelf = Shelf(100, DAY_S)
    shelf.put(record(0.0, "old"))
    shelf.put(record(0.0, "open", lasting=True))
    shelf.put(record(0.0, "revised", changed_at=DAY_S))
    shelf.sweep(DAY_S + 1.0)
    assert ids(shelf) == ["revised", "open"]


@given(st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=12))
def test_revisions_come_back_as_they_were(lines: list[bytes]) -> None:
    before: Record | None = None
    for line in lines:
        one = record(1.0, "alert", line=line)
        if before is not None:
            one.earlier = before.superseded()
        before = one
    assert before is not None
    assert before.revisions == lines
    assert before.line == lines[-1]
