"""What stands above and below the maps: what is claimed in one line, and what it rests on."""

from __future__ import annotations

import numpy as np

from detector.domain.stop import Kind, Level, Status
from detector.domain.times import iso
from detector.web.picture.case import PictureCase
from detector.web.picture.places import country_name
from detector.web.replay_map.lines import Way
from detector.web.replay_map.projection import MAX_LATITUDE_DEG
from detector.web.replay_map.words import day, said_on_ground, stands

HOW_TO_READ = (
    "Times are UTC where no other clock is named. Altitudes are pressure altitudes (1013.25 hPa): near the ground they "
    "may be some hundred feet off. Mercator projection: the scale bars hold in the middle of a map. Towns are marked "
    "where they have an airport."
)
HEARD = (
    "What was heard where is learned from this recording alone: where there is no tint, nobody was heard, or nobody "
    "was there."
)
BASE = (
    "Map: Natural Earth 1:50 million, public domain; land and coast only. No borders are drawn, because several are "
    "disputed. Fields: VRS standing data (CC0), OurAirports (public domain). Time zones: IANA."
)
NO_TRACK = "No track was kept of this flight: only fields, and where it was last heard on its journey, are drawn."
SIMULATED = "SIMULATED: these flights are made up after what was published."
NOT_A_VERDICT = (
    "An alert is no legal finding. The radio tells nothing of who or what was on board, or why it went there."
)


def subtitle(case: PictureCase) -> str:
    """Where and when, and how it is known; before all that it is only a story, where it is one."""
    return f"{SIMULATED} {_where_and_how(case)}" if is_simulated(case.recording) else _where_and_how(case)


def is_simulated(recording: str) -> bool:
    """Whether a recording's name says so, as that of the demonstration does."""
    return ".simulated." in recording


def _where_and_how(case: PictureCase) -> str:
    stop = case.alert.stop
    place = country_name(stop.country)
    when = day(stop.landed.latest if stop.landed.earliest is None else stop.landed.earliest)
    if not stands(stop):
        what = "Taken back" if stop.status is Status.RETRACTED else "Rejected"
        how = f"{what}: this stop does not count; its times are those that it would have had."
    elif stop.level is Level.DARK:
        how = "Nobody heard it come down or climb away: that it landed at all is only possible."
    elif stop.kind is Kind.INFERRED and not said_on_ground(stop):
        how = "Inferred: nobody saw it on the ground. Solid lines were heard, dashed lines were not."
    elif stop.kind is Kind.INFERRED:
        how = "It said itself that it was on the ground; what else speaks for it is thin, or in doubt."
    else:
        how = "Seen on the ground."
    return f"{', '.join(part for part in (place, when) if part)}. {how}"


def notes(case: PictureCase, way: Way | None) -> list[str]:
    """Paragraphs, the sources last."""
    alert = case.alert
    told = [] if way is not None else [NO_TRACK]
    if way is not None and bool((np.abs(way.track.latitude_deg) > MAX_LATITUDE_DEG).any()):
        told.append(f"What lies beyond {MAX_LATITUDE_DEG:.0f} degrees of latitude is not drawn.")
    told.append(HOW_TO_READ + (f" {HEARD}" if case.hearing else ""))
    sources = [f"Alert {alert.id}, revision {alert.revision}, as of {iso(alert.at)}."]
    sources += [f"Recording: {case.recording}."] if case.recording else []
    sources += [f"Found by {case.program}."] if case.program else []
    if alert.evidence is not None:
        again = f"{alert.evidence.frames:,} raw frames, decoded again by {alert.evidence.verified_by}"
        sources.append(f"{again}: {alert.evidence.disagreements} disagreements.")
    tables = [table.name + (f" of {table.dated}" if table.dated else "") for table in alert.reference]
    sources += [f"Tables and lists: {', '.join(tables)}."] if tables else []
    return [*told, " ".join(sources), BASE, NOT_A_VERDICT]
