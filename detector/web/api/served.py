"""What the routes answer from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detector.domain.identity import Identities
from detector.reference import Airports, WatchList
from detector.web.live import LiveModel
from detector.web.pages.view import Cases

Health = Callable[[], Mapping[str, Any]]
"""What /health tells; `ok` of it False makes it status 503."""
Bundles = Callable[[str], Awaitable[bytes | None]]
"""From the id of an alert to its evidence in one file, None where there is no such alert. Raises DetectorError."""


@dataclass(frozen=True, slots=True)
class Served:
    """One service. `now`: its clock; `bundles`, `cases` are None where none can be made."""

    model: LiveModel
    airports: Airports
    watch_list: WatchList
    identities: Identities
    health: Health
    now: Callable[[], float]
    bundles: Bundles | None = None
    cases: Cases | None = None

    def code_of(self, airport: str | None) -> str | None:
        """The field's own code, whichever of its codes was given; one that no field has stays, and finds nothing."""
        index = None if airport is None else self.airports.index_of(airport)
        return airport if index is None else self.airports.codes[index]
