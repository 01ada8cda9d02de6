from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detector.domain.errors import InputError, UsageError
from detector.editions import Library, NewTable, Version

DAY = "2026-11-28T07:00:00Z"


def table(name: str, data: bytes = b"one") -> NewTable:
    return NewTable("aircraft", name, data, 1, "somebody", None, ())


def read(library: Library) -> dict[str, bytes]:
    version = library.current()
    return {} if version is None else {entry.name: library.read(entry) for entry in version.tables}


def test_an_empty_folder_has_no_version(tmp_path: Path) -> None:
    library = Library(tmp_path / "none")
    assert library.current() is None
    assert library.versions() == []


def test_a_new_version_keeps_the_tables_that_it_does_not_replace(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.take([table("a"), table("b")], None, DAY, "first")
    second = library.take([table("b", b"two")], first, DAY, "second")
    assert read(library) == {"a": b"one", "b": b"two"}
    assert [version.number for version in library.versions()] == [1, 2]
    assert {entry.name: entry.since for entry in second.tables} == {"a": 1, "b": 2}


def test_one_can_go_back_to_any_version_and_to_the_shipped_tables(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.take([table("a")], None, DAY, "first")
    library.take([table("a", b"two")], first, DAY, "second")
    library.use(1)
    assert read(library) == {"a": b"one"}
    library.use(0)
    assert library.current() is None
    with pytest.raises(UsageError, match="no version 7"):
        library.use(7)
    third = library.take([table("a", b"three")], None, DAY, "third")
    assert third.number == 3


def test_what_was_diffed_against_another_version_is_not_taken(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.take([table("a")], None, DAY, "first")
    library.take([table("a", b"two")], first, DAY, "second")
    with pytest.raises(UsageError, match="changed by somebody else"):
        library.take([table("a", b"three")], first, DAY, "third")
    assert read(library) == {"a": b"two"}


@pytest.mark.parametrize("change", ["flipped", "gone", "emptied"])
def test_a_damaged_table_is_noticed(tmp_path: Path, change: str) -> None:
    library = Library(tmp_path)
    library.take([table("a", b"one two three")], None, DAY, "first")
    path = tmp_path / "objects" / hashlib.sha256(b"one two three").hexdigest()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"one twO three" if change == "flipped" else b"")
    with pytest.raises(InputError, match=r"table a .*`detector reference use N`"):
        read(library)


@pytest.mark.parametrize("content", ["x", "99", ""])
def test_a_damaged_pointer_is_told(tmp_path: Path, content: str) -> None:
    library = Library(tmp_path)
    library.take([table("a")], None, DAY, "first")
    (tmp_path / "current").write_text(content)
    with pytest.raises((InputError, UsageError)):
        library.current()


WRITER = """
import sys
from pathlib import Path
from detector.editions import Library, NewTable
library = Library(Path(sys.argv[1]))
print("ready", flush=True)
n = 0
while True:
    n += 1
    # Both tables of a version say the same: half a version would show.
    data = f"{n}".encode() * 200_000
    tables = [NewTable("aircraft", name, data + name.encode(), n, "somebody", None, ()) for name in ("a", "b")]
    library.take(tables, library.current(), "2026-11-28T07:00:00Z", f"update {n}")
"""


def test_killed_at_any_moment_either_all_of_a_version_is_in_use_or_all_of_the_one_before(tmp_path: Path) -> None:
    library = Library(tmp_path)
    seen: set[int] = set()
    for kill in range(12):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(0.02 + 0.013 * kill)  # each time at another moment of an update
            writer.send_signal(signal.SIGKILL)
        version: Version | None = library.current()
        if version is None:
            continue
        seen.add(version.number)
        said = {entry.name: library.read(entry)[: -len(entry.name)] for entry in version.tables}
        assert said["a"] == said["b"]
        assert len(library.versions()) >= 1
    assert len(seen) > 3, "the updates never came to an end before the kill"
    library.take([table("a")], library.current(), DAY, "afterwards")
    assert not list(tmp_path.rglob(".new-*"))


def test_taking_a_table_again_mends_it(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.take([table("a", b"one two three")], None, DAY, "first")
    (tmp_path / "objects" / first.tables[0].sha256).write_bytes(b"one twO three")
    library.take([table("a", b"one two three")], first, DAY, "again")
    assert read(library) == {"a": b"one two three"}


def test_a_damaged_version_is_none_that_one_can_go_back_to_and_hides_no_other(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.take([table("a")], None, DAY, "first")
    library.take([table("a", b"two")], first, DAY, "second")
    (tmp_path / "versions" / "1.json").write_bytes(b"{")
    assert [version.number for version in library.versions()] == [2]
    with pytest.raises(InputError, match="damaged"):
        library.use(1)


def test_others_may_read_what_was_taken(tmp_path: Path) -> None:
    Library(tmp_path).take([table("a")], None, DAY, "first")
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o644}
