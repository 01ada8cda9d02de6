"""Finding and reading the configuration files, and putting the reference tables together from them."""

from __future__ import annotations

import hashlib
import importlib.resources
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

import detector
from detector.domain.errors import ConfigError
from detector.reference.airports import Airports
from detector.reference.corrections import AirportCorrection, corrected
from detector.reference.watchlist import WatchEntry, WatchList
from detector.rules import RULES
from detector.settings.schema import Settings
from detector.settings.typed import structured, suggestion
from detector.settings.yaml_tree import YamlTree, parse_yaml

ENVIRONMENT = "DETECTOR_CONFIG"
FILE_NAME = "detector.yaml"
NOT_HASHED: dict[str, Any] = {
    name: getattr(Settings(), name) for name in ("service", "spool", "feeds", "endpoints", "receivers")
}
"""Where the input comes from and the result goes says nothing of what is found; what does is hashed by itself."""


class CorrectionsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Form of `config/airports.yaml`."""

    airports: tuple[AirportCorrection, ...] = ()


class WatchListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Form of a file in `config/watchlists/`."""

    entries: tuple[WatchEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """All that the application is built from.

    `hash` (SHA-256, hex) covers settings, watch lists, corrections and the airports table: two runs with the same hash
    over the same recording give the same bytes.
    """

    path: Path
    settings: Settings
    airports: Airports
    watchlist: WatchList
    hash: str


def find_config(path: Path | None) -> Path:
    """The file to read: `path`, else $DETECTOR_CONFIG, else ./config/detector.yaml, else the one that came along.

    Raises ConfigError when a file that was asked for is not there.
    """
    if path is not None:
        return path
    named = os.environ.get(ENVIRONMENT)
    if named:
        if not Path(named).is_file():
            raise ConfigError(
                f"{named}:1: no such file (named by {ENVIRONMENT}); set it to a configuration, or unset it"
            )
        return Path(named)
    places = (Path("config"), *_shipped_places())
    for place in places:
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
    raise ConfigError(f"{places[0] / FILE_NAME}:1: no configuration found; give one with --config")


def _shipped_places() -> tuple[Path, Path]:
    """A wheel carries the directory inside the package; in the source tree it lies beside it."""
    package = Path(detector.__file__).parent
    return package / "config", package.parent / "config"


def load_settings(path: Path | None = None) -> Settings:
    """The settings of `find_config(path)`. Raises ConfigError `file:line: ...`; a key left out has its default."""
    return _settings(_read(find_config(path)))


def _settings(tree: YamlTree) -> Settings:
    settings = structured(tree, Settings)
    _refuse_unknown_rules(tree, ("rules", "enabled"), settings.rules.enabled)
    for i, endpoint in enumerate(settings.endpoints):
        _refuse_unknown_rules(tree, ("endpoints", i, "filters", "rules"), endpoint.filters.rules)
    return settings


def _refuse_unknown_rules(tree: YamlTree, path: tuple[str | int, ...], names: Iterable[str]) -> None:
    for i, name in enumerate(names):
        if name not in RULES:
            # A rule that is misspelt would be a rule that never fires.
            raise ConfigError(f"{tree.where((*path, i))}: unknown rule `{name}`{suggestion(name, list(RULES))}")


def _refuse_unknown_airports(tree: YamlTree, settings: Settings, airports: Airports) -> None:
    """A filter that names no field, or names it by a code that stops do not have, would let nothing through."""
    for i, endpoint in enumerate(settings.endpoints):
        for j, code in enumerate(endpoint.filters.airports):
            index = airports.index_of(code)
            if index is None or airports.codes[index] != code:
                hint = "" if index is None else f"; its code here is {airports.codes[index]}"
                where = tree.where(("endpoints", i, "filters", "airports", j))
                raise ConfigError(f"{where}: unknown airport `{code}`{hint}")


def load_airports(config_dir: Path, settings: Settings | None = None) -> Airports:
    """The packed airports table with the corrections of the configuration. Raises ConfigError."""
    chosen = settings or Settings()
    return _airports(_packed_airports(), _corrections(config_dir, chosen), chosen)


def load_watchlist(config_dir: Path, settings: Settings, airports: Airports) -> WatchList:
    """All watch lists of the configuration as one. Raises ConfigError."""
    return WatchList.from_entries(_watch_entries(config_dir, settings), airports)


def load_configuration(path: Path | None = None) -> Configuration:
    """Everything at once. Raises ConfigError `file:line: ...` for the first mistake in any of the files."""
    found = find_config(path)
    tree = _read(found)
    settings = _settings(tree)
    packed = _packed_airports()
    corrections = _corrections(found.parent, settings)
    entries = _watch_entries(found.parent, settings)
    airports = _airports(packed, corrections, settings)
    _refuse_unknown_airports(tree, settings, airports)
    # What the files say, not how they are written: comments, order of keys and file names do not count.
    content = {
        "settings": msgspec.structs.replace(settings, airports=None, watchlists=(), **NOT_HASHED),
        "receivers": settings.placed_receivers(),
        "unconfirming": sorted(settings.unconfirming()),
        "airports": [correction for _, correction in corrections],
        "watchlists": [entry for _, entry in entries],
        "table": hashlib.sha256(packed).hexdigest(),
    }
    return Configuration(
        found,
        settings,
        airports,
        WatchList.from_entries(entries, airports),
        hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest(),
    )


def _airports(packed: bytes, corrections: list[tuple[str, AirportCorrection]], settings: Settings) -> Airports:
    return corrected(Airports.from_bytes(packed, near_radius_nm=settings.tracking.near_field_nm), corrections)


def _corrections(config_dir: Path, settings: Settings) -> list[tuple[str, AirportCorrection]]:
    if settings.airports is None:
        return []
    tree = _read(_beside(config_dir, settings.airports, Settings().airports))
    content = structured(tree, CorrectionsFile)
    return [(tree.where(("airports", i)), correction) for i, correction in enumerate(content.airports)]


def _watch_entries(config_dir: Path, settings: Settings) -> list[tuple[str, WatchEntry]]:
    entries: list[tuple[str, WatchEntry]] = []
    for name in settings.watchlists:
        tree = _read(_beside(config_dir, name, *Settings().watchlists))
        content = structured(tree, WatchListFile)
        entries += [(tree.where(("entries", i)), entry) for i, entry in enumerate(content.entries)]
    return entries


def _beside(config_dir: Path, name: str, *shipped: str | None) -> Path:
    """The file beside the settings; one of the `shipped` names that is missing there is the one that came along."""
    path = config_dir / name
    if name in shipped and not path.exists():
        return next((place / name for place in _shipped_places() if (place / name).is_file()), path)
    return path


def _packed_airports() -> bytes:
    return (importlib.resources.files("detector.reference") / "data" / "airports.npz").read_bytes()


def _read(path: Path) -> YamlTree:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"{path}:1: cannot be read: {reason}") from error
    return parse_yaml(text, str(path))
