"""Alerts, stops and frames as the last replay, or the service, left them in its store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from detector import app
from detector.alerting import EvidenceFrame
from detector.checkpoint import evidence_of, track_of
from detector.domain.alert import Alert
from detector.domain.errors import StoreError, UsageError
from detector.domain.gap import Gap
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.service.settings import ServiceSettings
from detector.stores import WITHOUT_ADDRESS, OpenStore, open_store
from detector.stores.visiting import visited
from detector.tracking import coverage

T = TypeVar("T")

PREFIXES = ("run", "alert:", "stop:", "gap:", "evidence:", "track:", "coverage:")
SHORTEST_PREFIX = 8
"""So many characters of an id are enough, if only one alert begins with them."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What a replay found. `name`: its namespace; `record`: what it was, None where it did not say.

    `alerts`: last revision of each, in the order they were opened; `stops`: last revision of each, by landing.
    """

    name: str
    record: app.RunRecord | None
    alerts: tuple[Alert, ...]
    stops: tuple[Stop, ...]
    state: Mapping[str, bytes]

    def silence_of(self, stop_id: str) -> Gap | None:
        """The silence in flight that the stop was told from; None if it was told from none. Raises StoreError."""
        try:
            return next((gap for gap in _all(self.state, "gap:", Gap) if gap.stop_id == stop_id), None)
        except (ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.name}: the silences cannot be read ({error}); replay again") from error

    def frames_of(self, stop_id: str) -> tuple[EvidenceFrame, ...]:
        """The raw frames behind a stop. Raises StoreError where they are damaged."""
        try:
            return evidence_of(self.state, stop_id)
        except (ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.name}: the frames of {stop_id} cannot be read ({error}); replay again") from error

    def track_of(self, stop_id: str) -> Track | None:
        """Where the aircraft of an alert was heard, None where that was not kept. Raises StoreError."""
        stored = self.state.get(f"track:{stop_id}")
        try:
            return None if stored is None else track_of(stored)
        except (ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.name}: the track of {stop_id} cannot be read ({error}); replay again") from error

    def lowest_heard(self) -> list[tuple[float, float, float]]:
        """Of each cell in which anybody was heard its middle, degrees, and how low, ft. Raises StoreError."""
        try:
            prefix = "coverage:"
            cells = {key.removeprefix(prefix): value for key, value in self.state.items() if key.startswith(prefix)}
            return coverage.lowest_heard(coverage.cells_of(cells))
        except (ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.name}: what is heard where cannot be read ({error}); replay again") from error


def newest_run(store: str) -> StoredRun:
    """The run that was written last. Raises StoreError where there is none, UsageError for a store that keeps none."""
    if store == "memory":
        raise UsageError("--store memory keeps nothing after a replay; use embedded, redis://... or --from FILE")
    scheme = store.partition("://")[0]
    name = _newest_directory() if scheme in WITHOUT_ADDRESS else _newest_listed(store)
    return _read(name, open_store(store, namespace=name, data_dir=app.replay_home() / name))


def service_run(settings: ServiceSettings, store: str | None = None) -> StoredRun:
    """What the service has found, whether it runs or not. Raises StoreError, UsageError for one that keeps nothing."""
    spec = settings.store if store is None else store
    if spec == "memory":
        raise UsageError("a service with `store: memory` keeps nothing that could be read from outside")
    opened = visited(spec, namespace=settings.namespace, data_dir=app.service_home(settings.namespace) / "store")
    return _read(settings.namespace, opened)


def _read(name: str, opened: OpenStore) -> StoredRun:
    """Everything of a run, and the store closed."""
    try:
        state = {key: value for prefix in PREFIXES for key, value in
                 opened.load(prefix).items()}  # fmt: skip
    finally:
        opened.close()
    try:
        record = msgspec.json.decode(state["run"], type=app.RunRecord) if "run" in state else None
        alerts = {alert.id: alert for alert in _all(state, "alert:", Alert)}
        stops = sorted(_all(state, "stop:", Stop), key=lambda stop: (stop.opened_at, stop.id))
    except (msgspec.DecodeError, ValueError) as error:
        raise StoreError(f"{name}: the stored state cannot be read ({error}); replay again with --fresh") from error
    return StoredRun(name, record, tuple(alerts.values()), tuple(stops), state)


def alert_of(alerts: Iterable[Alert], wanted: str) -> Alert:
    """The alert that `chosen` names. Raises UsageError."""
    by_id = {alert.id: alert for alert in alerts}
    return by_id[chosen([(alert.id, alert.stop.id) for alert in by_id.values()], wanted)]


def chosen(ids: Iterable[tuple[str, str]], wanted: str) -> str:
    """Of (alert id, stop id) the alert id that is `wanted`, or whose stop is, or that begins so. Raises UsageError."""
    found = [pair[0] for pair in ids if any(_means(name, wanted) for name in pair)]
    if len(found) == 1:
        return found[0]
    many = f"{len(found)} alerts begin with that" if found else "no such alert"
    raise UsageError(f"{wanted}: {many}; `detector alerts list` shows them")


def _means(name: str, wanted: str) -> bool:
    bare = name.partition("-")[2]
    begins = len(wanted) >= SHORTEST_PREFIX and bare.startswith(wanted.removeprefix(name[: -len(bare)]))
    return wanted == name or begins


def _all(state: Mapping[str, bytes], prefix: str, kind: type[T]) -> list[T]:
    return [msgspec.json.decode(state[key], type=kind) for key in sorted(state) if key.startswith(prefix)]


def _newest_directory() -> str:
    home = app.replay_home()
    runs = [path for path in home.glob(f"{app.RUN_PREFIX}*") if path.is_dir()]
    if not runs:
        raise StoreError(f"no replay has left anything in {home}; run `detector replay FILE...` first, or use --from")
    return max(runs, key=lambda path: (_written_at(path), path.name)).name


def _written_at(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=0.0)


def _newest_listed(store: str) -> str:
    index = open_store(store, namespace=app.RUN_INDEX, data_dir=app.replay_home())
    try:
        listed = index.load("")
    finally:
        index.close()
    try:
        runs = {name: msgspec.json.decode(value, type=app.RunRecord) for name, value in listed.items()}
    except msgspec.DecodeError as error:
        raise StoreError(f"the list of replays in the store cannot be read ({error}); replay again") from error
    if not runs:
        raise StoreError("no replay has left anything in that store; run `detector replay FILE... --store ...` first")
    return max(runs, key=lambda name: (runs[name].began_at, name))
