"""The folder of the versions. What is there is never changed: a new version is written whole, and then put to use.

    objects/SHA256      tables
    versions/N.json     what version N consists of
    current             the number of the version in use, replaced in one step

So after a crash at any moment either all of the new version is in use or all of the one before.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from detector.domain.errors import InputError, OutputError, UsageError
from detector.editions.versions import Original, TableEntry, Version

WAY_BACK = "`detector reference use N` goes back to another version, 0 to the shipped tables"


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table to be taken in; it replaces the one of its kind and name."""

    kind: str
    name: str
    data: bytes
    rows: int
    source: str
    dated: date | None
    originals: tuple[Original, ...]


class Library:
    """The versions in one folder, which need not exist before something is taken in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Version | None:
        """The version in use; None where only the shipped tables are. Raises InputError where it cannot be read."""
        path = self.folder / "current"
        try:
            number = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read: {error}") from error
        if number == "0":
            return None
        if not number.isdecimal():
            raise InputError(f"{path}: names no version; {WAY_BACK}")
        return self.version(int(number))

    def version(self, number: int) -> Version:
        """A version by its number. Raises UsageError where there is none, InputError where it is damaged."""
        path = self.folder / "versions" / f"{number}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Version)
        except FileNotFoundError as error:
            raise UsageError(f"there is no version {number} of the reference tables in {self.folder}") from error
        except (OSError, msgspec.DecodeError) as error:
            raise InputError(f"{path}: damaged ({error}); {WAY_BACK}") from error

    def versions(self) -> list[Version]:
        """All versions that can be read, the first one first: those that one can go back to."""
        found = []
        for number in self._numbers():
            with suppress(InputError):
                found.append(self.version(number))
        return found

    def read(self, entry: TableEntry) -> bytes:
        """The bytes of a table. Raises InputError where they are not what was taken in."""
        path = self.folder / "objects" / entry.sha256
        try:
            data = path.read_bytes()
        except OSError as error:
            words = f"{path}: the table {entry.name} cannot be read: {(error.strerror or str(error)).lower()}"
            raise InputError(f"{words}; {WAY_BACK}") from error
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise InputError(f"{path}: the table {entry.name} is damaged (its SHA-256 differs); {WAY_BACK}")
        return data

    def take(self, tables: Sequence[NewTable], base: Version | None, taken_at: str, note: str) -> Version:
        """Make a version of `base` with these tables, and use it.

        Raises UsageError when another version than `base` is in use by now, OutputError when it cannot be written.
        """
        with self._alone():
            now = self.current()
            if (now.number if now else 0) != (base.number if base else 0):
                raise UsageError("the reference tables were changed by somebody else meanwhile; run the update again")
            number = 1 + max(self._numbers(), default=0)
            replaced = {(table.kind, table.name) for table in tables}
            kept = [e for e in (base.tables if base else ()) if (e.kind, e.name) not in replaced]
            version = Version(
                number=number,
                taken_at=taken_at,
                note=note,
                tables=(*kept, *(self._shelved(table, number) for table in tables)),
            )
            encoded = msgspec.json.format(msgspec.json.encode(version), indent=1)
            self._write(self.folder / "versions" / f"{number}.json", encoded)
            self._write(self.folder / "current", f"{number}\n".encode())
            return version

    def use(self, number: int) -> Version | None:
        """Use a version that is there, 0 for the shipped tables alone. Raises UsageError where there is none."""
        version = self.version(number) if number else None
        for entry in version.tables if version else ():
            self.read(entry)
        with self._alone():
            self._write(self.folder / "current", f"{number}\n".encode())
        return version

    def _numbers(self) -> list[int]:
        names = (path.stem for path in (self.folder / "versions").glob("*.json"))
        return sorted(int(name) for name in names if name.isdecimal())

    def _shelved(self, table: NewTable, number: int) -> TableEntry:
        sha256 = hashlib.sha256(table.data).hexdigest()
        # Written even where it is there: it may be damaged.
        self._write(self.folder / "objects" / sha256, table.data)
        return TableEntry(
            kind=table.kind,
            name=table.name,
            sha256=sha256,
            rows=table.rows,
            source=table.source,
            dated=table.dated,
            originals=table.originals,
            since=number,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One update at a time; the lock goes with the process."""
        try:
            for folder in (self.folder, self.folder / "objects", self.folder / "versions"):
                folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                # What an update that was killed has left behind.
                for unfinished in self.folder.rglob(".new-*"):
                    unfinished.unlink()
                yield
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be written: {(error.strerror or str(error)).lower()}") from error

    def _write(self, path: Path, data: bytes) -> None:
        """All of the file or nothing of it, on the disk before anything is said of it."""
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                # Others may read them, as they may the settings: a service under its own user, say.
                os.fchmod(file.fileno(), 0o644)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
