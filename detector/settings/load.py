"""Finding and reading the configuration files, and putting the reference tables together from them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

import detector
from detector.domain.alert import TableUsed
from detector.domain.errors import ConfigError, InputError
from detector.domain.identity import Identities, Strangers
from detector.domain.times import day_of
from detector.reference import sdn_watch
from detector.reference.aircraft_corrections import AircraftCorrection, tables_of
from detector.reference.airports import Airports
from detector.reference.corrections import AirportCorrection, corrected
from detector.reference.watch_entry import WatchEntry, words
from detector.reference.watchlist import WatchList
from detector.rules import RULES
from detector.scoring import Baselines, Scorer
from detector.settings.homes import MODEL_FOLDER, history_home, model_home, reference_home
from detector.settings.model import LoadedModel, loaded_model
from detector.settings.rules_file import refuse_unknown_lists, rules_of
from detector.settings.schema import RULES_FILE, Settings
from detector.settings.tables import load_tables
from detector.settings.typed import structured, suggestion
from detector.settings.yaml_tree import YamlTree, parse_yaml

ENVIRONMENT = "DETECTOR_CONFIG"
FILE_NAME = "detector.yaml"
OF_CONFIGURATION = "configuration"
"""The source of lists and corrections, as alerts name it."""
BASELINES = "baselines.npz"
"""In the folder of history: what was learned from it."""
NOT_HASHED: dict[str, Any] = {
    name: getattr(Settings(), name)
    for name in (
        "service",
        "spool",
        "feeds",
        "endpoints",
        "receivers",
        "watchlists",
        "airports",
        "aircraft",
        "reference",
        "history",
        "model",
    )
}
"""Where the input comes from and the result goes says nothing of what is found; what does is hashed by itself."""


class CorrectionsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Form of `config/airports.yaml`."""

    airports: tuple[AirportCorrection, ...] = ()


class AircraftFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Form of `config/aircraft.yaml`."""

    aircraft: tuple[AircraftCorrection, ...] = ()


class WatchListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Form of a file in `config/watchlists/`."""

    entries: tuple[WatchEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """All that the application is built from.

    `hash` (SHA-256, hex) covers settings, rules, watch lists, corrections and all tables: two runs with the same hash
    over the same recording give the same bytes. `tables_used`: tables and lists, as alerts name them.
    """

    path: Path
    settings: Settings
    airports: Airports
    watchlist: WatchList
    hash: str
    identities: Identities = field(default_factory=Strangers)
    """A `Directory`, where the configuration is that of a person and not of a case."""
    tables_used: tuple[TableUsed, ...] = ()
    usual: Baselines | None = None
    """What history has taught; None where `detector history learn` was never run."""
    model: LoadedModel | None = None
    """What scores stops; None without enough history, or where it was refused."""
    notes: tuple[str, ...] = ()
    """What a person has to know of it: a model that is refused."""

    def scorer(self) -> Scorer | None:
        """What gives the stops of one stream their scores."""
        if self.model is None or self.usual is None:
            return None
        return self.model.scorer(self.usual, self.airports)


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
    found = find_config(path)
    return _settings(_read(found), found.parent)[0]


def _settings(tree: YamlTree, config_dir: Path) -> tuple[Settings, YamlTree | None]:
    """The settings, and the rules file that they name; None where all rules are as they come."""
    mapping = tree.value if isinstance(tree.value, dict) else {}
    others = {key: value for key, value in mapping.items() if key != "rules"}
    settings = structured(replace(tree, value=others) if mapping else tree, Settings)
    for i, endpoint in enumerate(settings.endpoints):
        _refuse_unknown_rules(tree, ("endpoints", i, "filters", "rules"), endpoint.filters.rules)
    name = mapping.get("rules", RULES_FILE)
    if name is None:
        return settings, None
    if not isinstance(name, str):
        where = tree.where(("rules",))
        raise ConfigError(
            f"{where}: `rules`: must be the name of a file, as {RULES_FILE}, or null; rules stand in there"
        )
    rules_tree = _read(_beside(config_dir, name, RULES_FILE))
    rules = rules_of(rules_tree, [endpoint.name for endpoint in settings.endpoints])
    return msgspec.structs.replace(settings, rules=rules), rules_tree


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


def load_configuration(path: Path | None = None, airports: bytes | None = None) -> Configuration:
    """Everything at once; `airports` is a packed table to be tried instead of the one in use.

    Raises ConfigError `file:line: ...` for the first mistake in any of the files, InputError for a damaged table.
    """
    found = find_config(path)
    tree = _read(found)
    settings, rules_tree = _settings(tree, found.parent)
    tables = load_tables(reference_folder(found.parent, settings))
    corrections = _corrections(found.parent, settings)
    aircraft = _aircraft(found.parent, settings)
    entries = _watch_entries(found.parent, settings)
    packed = Airports.from_bytes(airports or tables.airports, near_radius_nm=settings.tracking.near_field_nm)
    fields = corrected(packed, corrections)
    _refuse_unknown_airports(tree, settings, fields)
    directory = tables.directory(tables_of(aircraft))
    _refuse_unknown_types(entries, directory.types.codes())
    watch_list = WatchList.from_entries(entries, fields, sdn_watch.watches(tables.sdn))
    if rules_tree is not None:
        refuse_unknown_lists(rules_tree, settings.rules, watch_list.lists)
    usual, learned = _usual(history_folder(found.parent, settings) / BASELINES)
    model, note = loaded_model(model_folders(found.parent, settings), usual)
    # What the files say, not how they are written: comments, order of keys and file names do not count.
    rules = msgspec.structs.replace(settings.rules, routes=())
    content = {
        "settings": msgspec.structs.replace(settings, rules=rules, **NOT_HASHED),
        "receivers": settings.placed_receivers(),
        "unconfirming": sorted(settings.unconfirming()),
        "airports": [correction for _, correction in corrections],
        "aircraft": [correction for _, correction in aircraft],
        "watchlists": [entry for _, entry in entries],
        "tables": tables.hashes,
        "usual": [table.sha256 for table in learned],
        "model": None if model is None else model.manifest.sha256,
    }
    return Configuration(
        found,
        settings,
        fields,
        watch_list,
        hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest(),
        directory,
        (*tables.used, *learned, *(() if model is None else (model.used,)), *_files_used(found.parent, settings)),
        usual,
        model,
        () if note is None else (note,),
    )


def reference_folder(config_dir: Path, settings: Settings) -> Path:
    """Where the tables lie that `detector reference update` took in."""
    return reference_home() if settings.reference is None else config_dir / settings.reference


def history_folder(config_dir: Path, settings: Settings) -> Path:
    """Where `detector history` keeps stops of the past, and what was learned from them."""
    return history_home() if settings.history is None else config_dir / settings.history


def model_folders(config_dir: Path, settings: Settings) -> tuple[Path, ...]:
    """Where the model may lie, the first that is there counts: what was trained here, then what came along."""
    if settings.model is not None:
        return (config_dir / settings.model,)
    package = Path(detector.__file__).parent
    return (model_home(), *(place / "models" / MODEL_FOLDER for place in (package, package.parent)))


def _usual(path: Path) -> tuple[Baselines | None, tuple[TableUsed, ...]]:
    """Raises InputError where the file is there and damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, ()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    usual = Baselines.from_bytes(data, str(path))
    source = f"{usual.head.visits:,} stops of the past, from {day_of(usual.head.first_at)}"
    return usual, (TableUsed("history", source, day_of(usual.head.until), hashlib.sha256(data).hexdigest()),)


def _files_used(config_dir: Path, settings: Settings) -> list[TableUsed]:
    """Lists and corrections of the configuration."""
    defaults = Settings()
    shipped = (*defaults.watchlists, defaults.airports, defaults.aircraft)
    names = [name for name in (*settings.watchlists, settings.airports, settings.aircraft) if name is not None]
    found = [(name, _beside(config_dir, name, *shipped).read_bytes()) for name in names]
    return [TableUsed(name, OF_CONFIGURATION, None, hashlib.sha256(data).hexdigest()) for name, data in found]


def _corrections(config_dir: Path, settings: Settings) -> list[tuple[str, AirportCorrection]]:
    if settings.airports is None:
        return []
    tree = _read(_beside(config_dir, settings.airports, Settings().airports))
    content = structured(tree, CorrectionsFile)
    return [(tree.where(("airports", i)), correction) for i, correction in enumerate(content.airports)]


def _aircraft(config_dir: Path, settings: Settings) -> list[tuple[str, AircraftCorrection]]:
    if settings.aircraft is None:
        return []
    tree = _read(_beside(config_dir, settings.aircraft, Settings().aircraft))
    content = structured(tree, AircraftFile)
    return [(tree.where(("aircraft", i)), correction) for i, correction in enumerate(content.aircraft)]


def _watch_entries(config_dir: Path, settings: Settings) -> list[tuple[str, WatchEntry]]:
    entries: list[tuple[str, WatchEntry]] = []
    for name in settings.watchlists:
        tree = _read(_beside(config_dir, name, *Settings().watchlists))
        content = structured(tree, WatchListFile)
        entries += [(tree.where(("entries", i)), entry) for i, entry in enumerate(content.entries)]
    return entries


def _refuse_unknown_types(entries: Iterable[tuple[str, WatchEntry]], known: list[str]) -> None:
    """A type that no aircraft has would be an entry that never matches."""
    for where, entry in entries:
        for code in words(entry.type_code):
            if "*" not in code and code.strip().upper() not in known:
                hint = suggestion(code.strip().upper(), known) or "; designators are those of ICAO Doc 8643"
                raise ConfigError(f"{where}: unknown type `{code}`{hint} (one that is newer than the table: `{code}*`)")


def _beside(config_dir: Path, name: str, *shipped: str | None) -> Path:
    """The file beside the settings; one of the `shipped` names that is missing there is the one that came along."""
    path = config_dir / name
    if name in shipped and not path.exists():
        return next((place / name for place in _shipped_places() if (place / name).is_file()), path)
    return path


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
