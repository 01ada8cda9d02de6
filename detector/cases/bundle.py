"""The evidence of an alert in one file, and what it proves: the stop worked out again from its frames by pyModeS alone.

alert.json        the alert in its last revision, as other programs read it
frames.csv        the raw frames (`ts,hex,receiver`), which `detector replay` reads as well
settings.json     the settings of the run
tables.json       hashes of the tables of the run, and the rows used: fields, runways, listings, who the aircraft is
silence.json      the silence in flight that the stop was told from, as the run told it; null if it was told from none
recomputed.json   the stop (or silence) that a fresh path with pyModeS made of the frames when the bundle was written
manifest.json     what the bundle is of, who made it, the hash of every member, and how it is recomputed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from detector import __version__
from detector.alerting import EvidenceFrame
from detector.cases import archive
from detector.cases.comparison import TIME_TOLERANCE_S, Fact, Verification, compared, fact, silence_compared
from detector.cases.known import KnownAircraft, aircraft_from, aircraft_used
from detector.cases.recomputation import found_in, places, same_silence, same_stop
from detector.cases.stored import StoredRun
from detector.cases.tables import rows_from, rows_used, tables_of
from detector.decoding import witness
from detector.domain.alert import Alert
from detector.domain.errors import InputError, UsageError
from detector.domain.stop import Level, Status, Stop
from detector.domain.times import parse_iso
from detector.domain.wire import alert_line, gap_line, identity_record, listing_record, stop_record
from detector.feeds.settings import FeedSettings
from detector.settings import Configuration, Settings

ALERT, FRAMES, SETTINGS, TABLES, SILENCE, RECOMPUTED = (
    "alert.json", "frames.csv", "settings.json", "tables.json", "silence.json", "recomputed.json",
)  # fmt: skip
HEADER = "ts,hex,receiver"
NAMES = ("registration", "type_code", "operator")
HOW = (
    "Frames of frames.csv, in order, go through a fresh path with nothing in it: pyModeS decodes them one by one.",
    "Settings are those of settings.json; fields, runways, listings and aircraft those of tables.json, and no others.",
    "Where frames pause for more than 30 min there is a heartbeat every 30 min, as other aircraft gave in the stream.",
    "If the stop is open, heartbeats after the last frame last until 30 s after the time of the alert.",
    "The stop of the same aircraft that shares the most time is compared with the one in alert.json, fact by fact.",
    "If the frames give no such stop, a ground contact counts as one 30 s sooner: thinned, they may show it later.",
    "Of a stop of level 1 the silence in silence.json is compared; the stop itself rests on what others did.",
)
MEMBERS = frozenset({ALERT, FRAMES, SETTINGS, TABLES, SILENCE, RECOMPUTED})
SOMEWHERE, ANY_PORT = "https://example.invalid/", 1
"""In place of the addresses of feeds, which settings have to have."""
EDGE = 3
"""Positions on either side of the stop that fields are looked for around; a single one may be false."""


class Recomputed(NamedTuple):
    """Records of the stop and of the silence around it that the frames give; None where they give no such one."""

    stop: dict[str, Any] | None
    silence: dict[str, Any] | None


def export(run: StoredRun, alert: Alert, configuration: Configuration) -> bytes:
    """The bundle of an alert. Raises UsageError where its frames are not there, or the run had other settings."""
    frames = run.frames_of(alert.stop.id)
    if not frames or alert.evidence is None:
        raise UsageError(f"{alert.id}: no raw frames are kept of this alert, so there is nothing to make a bundle of")
    if run.record is not None and run.record.configuration != configuration.hash:
        raise UsageError(
            f"{alert.id}: was found with other settings or lists than {configuration.path} has now; "
            "name those of the replay with --config, or replay again"
        )
    settings = settings_told(configuration.settings)
    tables = _tables(alert.stop, frames, configuration)
    claimed = alert_line(alert) + b"\n"
    recomputed = _recomputed(frames, archive.document(claimed, alert.id, ALERT), settings, tables, alert.id)
    gap = run.silence_of(alert.stop.id)
    silence = None if gap is None else archive.document(gap_line(gap), alert.id, SILENCE)
    members = {
        ALERT: claimed,
        FRAMES: _csv(frames),
        SETTINGS: archive.json_text(msgspec.to_builtins(settings)),
        TABLES: archive.json_text(tables),
        SILENCE: archive.json_text({"silence": silence}),
        RECOMPUTED: archive.json_text(recomputed._asdict()),
    }
    about = {
        "program": f"detector {__version__}",
        "pymodes": version("pyModeS"),
        "alert": {"id": alert.id, "revision": alert.revision},
        "configuration_sha256": configuration.hash,
        "how_to_recompute": list(HOW),
    }
    return archive.packed(members, about)


def export_stored(alert: Alert, state: Mapping[str, bytes], configuration: Configuration) -> bytes:
    """The same from the stored frames and silence of an alert of the service, which has these settings."""
    return export(StoredRun("service", None, (alert,), (), state), alert, configuration)


def verify(path: Path) -> Verification:
    """What the bundle's frames give against what its alert claims. Raises InputError where the bundle is not whole."""
    source = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    return verified(data, source)


def verified(data: bytes, source: str) -> Verification:
    """The same of a bundle's bytes; `source` names it in errors."""
    manifest, members = archive.unpacked(data, source)
    if missing := sorted(MEMBERS - members.keys()):
        raise InputError(f"{source}: not a whole bundle: {', '.join(missing)} missing")
    alert, tables, told, recorded = (
        archive.document(members[name], source, name) for name in (ALERT, TABLES, SILENCE, RECOMPUTED)
    )
    try:
        settings = msgspec.json.decode(members[SETTINGS], type=Settings)
        frames = _frames(members[FRAMES])
        found = _recomputed(frames, alert, settings, tables, source)
        facts = [
            *_evidence(alert, frames, alert["stop"]["icao24"]),
            *_who(alert, aircraft_from(tables["aircraft"], source)),
            *_of_stop(alert["stop"], told["silence"], found),
        ]
        return Verification(alert["id"], alert["revision"], tuple(facts), tuple(_notes(manifest, recorded, found)))
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.DecodeError) as error:
        raise InputError(f"{source}: its members do not fit together ({type(error).__name__}: {error})") from error


def _recomputed(
    frames: Sequence[EvidenceFrame],
    alert: Mapping[str, Any],
    settings: Settings,
    tables: Mapping[str, Any],
    source: str,
) -> Recomputed:
    stop = _stop(alert["stop"])
    # A landing may come out that much later, and counts only some time after it.
    silent_until = parse_iso(alert["at"]) + TIME_TOLERANCE_S if stop.status is Status.OPEN else None
    rows, known = rows_from(tables["fields"], source), aircraft_from(tables["aircraft"], source)
    if not rows or not frames:
        raise InputError(f"{source}: no field or no frame to work with")
    airports, watch_list = tables_of(rows, known, near_radius_nm=settings.tracking.near_field_nm)
    configuration = Configuration(Path(source), settings, airports, watch_list, "", identities=known)
    found = found_in(frames, configuration, silent_until)
    same, silence = same_stop(stop, found.stops), same_silence(stop, found.silences)
    if same is None and stop.level is not Level.DARK:
        same = same_stop(stop, found_in(frames, _sooner(configuration), silent_until).stops)
    # The last findings and checks; what no longer stands is no such stop.
    stands = same is not None and (same.status is not Status.RETRACTED or stop.status is Status.RETRACTED)
    return Recomputed(
        stop_record(same) if same is not None and stands else None,
        None if silence is None else archive.document(gap_line(silence), source, SILENCE),
    )


def _sooner(configuration: Configuration) -> Configuration:
    """Settings by which a ground contact counts as a stop a little sooner."""
    settings = configuration.settings
    shorter = max(settings.movements.touch_and_go_s - TIME_TOLERANCE_S, 0.0)
    movements = msgspec.structs.replace(settings.movements, touch_and_go_s=shorter)
    return replace(configuration, settings=msgspec.structs.replace(settings, movements=movements))


def _of_stop(stop: Mapping[str, Any], silence: Mapping[str, Any] | None, found: Recomputed) -> list[Fact]:
    """The stop, or, where it stands on what others did, the silence that it was told from."""
    if found.stop is None and stop["level"] == Level.DARK:
        return silence_compared(stop, silence, found.silence)
    return compared(stop, found.stop)


def _tables(stop: Stop, frames: Sequence[EvidenceFrame], configuration: Configuration) -> dict[str, Any]:
    """Hashes of the tables, and the rows used, as JSON values."""
    heard = places(frames, stop.icao24)
    left_at = stop.landed.latest if stop.departed is None else stop.departed.latest
    before = [(lat, lon) for at, lat, lon in heard if at <= stop.landed.latest][-EDGE:]
    after = [(lat, lon) for at, lat, lon in heard if at >= left_at - 1.0][:EDGE]
    airports = configuration.airports
    named = [airports.index_of(candidate.airport) for candidate in stop.candidates]
    candidates = [(float(airports.lat[i]), float(airports.lon[i])) for i in named if i is not None]
    others = dict.fromkeys((round(lat, 1), round(lon, 1)) for _, lat, lon in heard)
    times = sorted({frames[0].at, stop.landed.estimate, stop.landed.latest, left_at, stop.revised_at, frames[-1].at})
    rows = rows_used(airports, configuration.watchlist, [*before, *after, *candidates], others, times)
    return {
        "tables_and_lists": msgspec.to_builtins(configuration.tables_used),
        "configuration_sha256": configuration.hash,
        "fields": msgspec.to_builtins(rows),
        "aircraft": msgspec.to_builtins(aircraft_used(stop, configuration.watchlist)),
    }


def settings_told(settings: Settings) -> Settings:
    """What the alert rests on, and nothing else: the rest says where things are, and may hold secrets."""
    return Settings(
        tracking=settings.tracking,
        movements=settings.movements,
        checks=settings.checks,
        rules=msgspec.structs.replace(settings.rules, routes=()),
        alerting=settings.alerting,
        feeds=tuple(_source_told(feed) for feed in settings.feeds),
        receivers=settings.receivers,
        watchlists=(),
        airports=None,
        aircraft=None,
    )


def _source_told(feed: FeedSettings) -> FeedSettings:
    """A feed by its kind, its trust and its place, without its address."""
    return FeedSettings(
        name=feed.name,
        kind=feed.kind,
        url=SOMEWHERE if feed.kind in ("readsb", "v2") else None,
        port=ANY_PORT if feed.kind == "beast-listen" else None,
        trust=feed.trust,
        lat=feed.lat,
        lon=feed.lon,
        height_ft=feed.height_ft,
        receiver=feed.receiver,
    )


def _evidence(alert: Mapping[str, Any], frames: Sequence[EvidenceFrame], icao24: str) -> list[Fact]:
    """The frames are those that the alert names, and pyModeS reads them as it says."""
    evidence = alert["evidence"]
    again = witness.verify(icao24, frames)
    return [
        fact("frames", evidence["frames"], len(frames)),
        fact("frames sha256", evidence["sha256"], witness.digest(frames)),
        fact("disagreements", evidence["disagreements"], None if again is None else again.disagreements),
    ]


def _who(alert: Mapping[str, Any], known: KnownAircraft) -> list[Fact]:
    """That the alert names the aircraft as the tables did, and rests on the listings that these have of it."""
    identity = msgspec.json.decode(msgspec.json.encode(identity_record(known.about)))
    listed = [_entry(listing_record(listing)) for listing in known.listings]
    told = [_entry(listing) for listing in alert["listings"] if listing["rule"] == "listed_aircraft"]
    words = {name: identity[name][0]["value"] if identity[name] else None for name in NAMES}
    facts = [fact(name.replace("_", " "), alert["stop"][name], words[name]) for name in NAMES]
    facts.append(fact("identity", alert["identity"], identity))
    # A rule that is off or adjusted tells of fewer.
    facts.append(fact("listings of the aircraft", told, [one for one in listed if one in told]))
    return facts


def _entry(listing: Mapping[str, Any]) -> list[str]:
    return [str(listing[name]) for name in ("list", "programme", "identifier", "from", "matched")]


def _notes(manifest: Mapping[str, Any], recorded: Mapping[str, Any], found: Recomputed) -> list[str]:
    notes = ["the journey after the stop is not recomputable from the frames, and not compared"]
    for name, mine in (("program", f"detector {__version__}"), ("pymodes", version("pyModeS"))):
        if manifest.get(name) != mine:
            notes.append(f"made with {name} {manifest.get(name)}, recomputed with {mine}")
    if recorded != found._asdict():
        notes.append("the stop comes out otherwise than when the bundle was written (recomputed.json)")
    return notes


def _stop(record: Mapping[str, Any]) -> Stop:
    """As much of a stop as tells which one it is, from its record."""
    moments = {}
    for name in ("landed", "departed"):
        told = record[name]
        moments[name] = told and {
            **{bound: told[bound] and parse_iso(told[bound]) for bound in ("earliest", "latest", "estimate")},
            "observed": told["observed"],
        }
    values = {name: record[name] for name in ("id", "revision", "status", "icao24", "airport", "country", "level")}
    return msgspec.convert({**values, **moments, "candidates": (), "opened_at": 0.0, "revised_at": 0.0}, Stop)


def _csv(frames: Sequence[EvidenceFrame]) -> bytes:
    rows = []
    for frame in frames:
        microseconds = round(frame.at * 1e6)
        rows.append(f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d},{frame.frame},{frame.receiver:016x}")
    return "".join(f"{row}\n" for row in (HEADER, *rows)).encode()


def _frames(content: bytes) -> tuple[EvidenceFrame, ...]:
    """What `_csv` wrote. Raises ValueError."""
    header, *rows = content.decode().splitlines()
    if header != HEADER:
        raise ValueError(f"{FRAMES} does not begin with {HEADER}")
    frames = []
    for row in rows:
        at, frame, receiver = row.split(",")
        seconds, _, fraction = at.partition(".")
        if len(fraction) != 6 or len(bytes.fromhex(frame)) not in (7, 14):
            raise ValueError(f"{FRAMES}: {row!r} is no frame")
        frames.append(EvidenceFrame(int(seconds + fraction) / 1e6, frame, int(receiver, 16)))
    return tuple(frames)
