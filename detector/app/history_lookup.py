"""What the archive has under a name that a person gives: a field, an address, or a registration."""

from __future__ import annotations

import re
from typing import Any

from detector.domain.errors import UsageError
from detector.history import summaries
from detector.history.archive import Archive
from detector.reference.directory import Directory
from detector.settings import Configuration


def looked_up(name: str, archive: Archive, configuration: Configuration) -> dict[str, Any]:
    """A record of the field by that code, else of the aircraft by that address or registration.

    Raises UsageError where it is no field's code and the archive has no visit of such an aircraft.
    """
    i = configuration.airports.index_of(name)
    if i is not None:
        code = configuration.airports.codes[i]
        return summaries.of_field(archive, code) | {"name": configuration.airports.names[i]}
    if re.fullmatch(r"[0-9A-Fa-f]{6}", name.strip()):
        found = summaries.of_aircraft(archive, [name.strip().lower()], "")
    else:
        directory = configuration.identities
        known = directory.addresses_of(name) if isinstance(directory, Directory) else ()
        found = summaries.of_aircraft(archive, [f"{address:06x}" for address in known], name)
    if not found["visits"]:
        raise UsageError(f"{name}: neither the code of a field, nor an aircraft of which a visit is known")
    return found
