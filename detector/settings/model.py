"""The model that scores stops: where it lies, whether it is to be believed, and its place in a configuration.

A model that does not fit is refused in one line, and all goes on by rules alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from detector.domain.alert import TableUsed
from detector.domain.errors import InputError
from detector.domain.times import day_of, parse_iso
from detector.reference.airports import Airports
from detector.scoring import Baselines, Places, Scorer
from detector.scoring.manifest import MANIFEST_FILE, MODEL_FILE, Manifest, fitting
from detector.scoring.model import OutlierModel
from detector.scoring.scorer import LEAST_HISTORY

PACKAGE = "scikit-learn"
MOST_BYTES = 64 << 20
RULES_ONLY = "stops get no score, and are judged by rules only"


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """A model that has been checked, and its file's hash."""

    model: OutlierModel
    manifest: Manifest

    def scorer(self, usual: Baselines, airports: Airports) -> Scorer:
        """One for one stream: it counts what it scores."""
        return Scorer(self.model, self.manifest.model, usual, places_of(airports))

    @property
    def used(self) -> TableUsed:
        """As alerts name it."""
        trained = self.manifest.trained
        source = f"{self.manifest.model}, trained on {trained.on}"
        return TableUsed("model", source, day_of(parse_iso(f"{trained.last_day}T00:00:00Z")), self.manifest.sha256)


def loaded_model(folders: Iterable[Path], usual: Baselines | None) -> tuple[LoadedModel | None, str | None]:
    """The model in the first of the folders that is there, and what is to be said where it is not used.

    Without enough history there is nothing to score by: then it is only looked at, and scikit-learn stays unloaded.
    """
    looked = tuple(folders)
    folder = next((one for one in looked if one.is_dir()), None)
    if folder is None:
        where = " or ".join(map(str, looked))
        return None, None if usual is None else f"no model in {where}; {RULES_ONLY}: `detector train` makes one"
    installed = _installed()
    try:
        data, manifest = _read(folder / MODEL_FILE), _read(folder / MANIFEST_FILE)
        told = fitting(manifest, data, installed)
        if usual is None or usual.head.visits < LEAST_HISTORY:
            return None, None
        if installed is None:
            return None, f"{PACKAGE} is not installed; {RULES_ONLY}: install the extra `model`"
        try:
            from detector.scoring.artefact import from_bytes  # noqa: PLC0415  a second that only those with history pay
        except ModuleNotFoundError as error:
            return None, f"{error.name} is not installed; {RULES_ONLY}: install the extra `model`"
        return LoadedModel(from_bytes(data), told), None
    except InputError as error:
        return None, f"the model in {folder} is refused: {error}; {RULES_ONLY}"


def places_of(airports: Airports) -> Places:
    """What features ask of the table of fields."""
    served = np.array([bool(code) for code in airports.iata], np.bool_)
    return Places(airports.index_of, airports.lat, airports.lon, airports.longest_runway_ft, served)


def _installed() -> str | None:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}") from error
