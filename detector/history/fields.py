"""Fields by the codes of a list."""

from __future__ import annotations

from collections import Counter

from detector.history.unused import Unused
from detector.reference.airports import Airports


class FieldCodes:
    """Finds the code that a field has here by one that a list has for it, ICAO or IATA."""

    def __init__(self, airports: Airports, unused: Counter[str]) -> None:
        self._airports, self._unused = airports, unused
        self._known: dict[str, int | None] = {}

    def index(self, code: str) -> int | None:
        """Its index in the table; None for no code, and for one that is not known."""
        if code not in self._known:
            self._known[code] = self._airports.index_of(code)
        return self._known[code]

    def end(self, code: str) -> int | None:
        """The same, of the end of a flight that stands without it: a code that is not known is counted."""
        found = self.index(code)
        if found is None and code.strip():
            self._unused[Unused.UNKNOWN_FIELD] += 1
        return found

    def code(self, index: int | None) -> str:
        """The code of a field, "" of none."""
        return "" if index is None else self._airports.codes[index]
