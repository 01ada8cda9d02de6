"""From the visits of the archive to the baselines that runs load when they begin."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from detector.domain.errors import InputError
from detector.history.archive import Archive
from detector.reference.directory import Directory
from detector.scoring import Baselines
from detector.settings import Configuration
from detector.settings.model import places_of


class Learned(NamedTuple):
    """What was learned, its file, and the hash by which alerts name it."""

    baselines: Baselines
    data: bytes
    sha256: str


def learned(archive: Archive, configuration: Configuration) -> Learned:
    """From all visits. Raises InputError where there are none, or a month cannot be read: whoever was there only in
    that month would be there for the first time."""
    columns = archive.columns()
    faults = [month.fault for month in archive.months() if month.fault]
    if faults:
        raise InputError(f"{faults[0]}; until then nothing is learned, as it would lack a month")
    if not len(columns):
        raise InputError(f"{archive.folder}: no visits to learn from; take some in with `detector history import`")
    baselines = Baselines.of(columns, class_of(configuration), places_of(configuration.airports))
    data = baselines.to_bytes()
    return Learned(baselines, data, hashlib.sha256(data).hexdigest())


def class_of(configuration: Configuration) -> Callable[[str], str | None]:
    """What types are used like, by the tables in use."""
    directory = configuration.identities
    assert isinstance(directory, Directory)
    return directory.type_class
