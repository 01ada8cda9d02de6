"""What an alert claims against what its frames give: fact by fact, and what frames alone cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from detector.domain.times import parse_iso

TIME_TOLERANCE_S = 30.0
"""Points are thinned to one in 5 to 30 s, and so are the frames kept of them."""

NOT_FROM_FRAMES = {
    "area_interference": "needs the other aircraft of the area",
    "co_location": "needs the other aircraft at the field",
    "listening": "needs the record of who was listening",
    "coverage": "needs how low aircraft are heard there",
    "heard_meanwhile": "needs every frame of the silence",
    "confirmed_source": "needs to know which sources were trusted",
    "one_bit_neighbour": "needs the other addresses heard",
    "two_places": "needs all positions heard, of which one in some seconds is kept",
    "implied_speed": "needs every position around a jump, of which one in some seconds is kept",
    "frozen": "needs every position, of which one in some seconds is kept",
    "circling": "needs every position, of which one in some seconds is kept",
    "beyond_horizon": "needs every frame heard on the ground, of which the last and one in some seconds are kept",
    "integrity": "counts every status message, of which the last is kept",
    "air_ground": "counts every word on air or ground, of which the last and one in some seconds are kept",
    "air_vector": "needs a longer track than the frames kept make",
    "position_speed": "needs a longer track than the frames kept make",
    "geometric_barometric": "needs more velocities in a row than are kept",
}
"""Checks that rest on more than the aircraft's kept frames. A verdict that comes out the same counts as the same; one
that does not says nothing."""
FINDINGS_NOT_FROM_FRAMES = {
    "first_visit": "needs the history of the aircraft",
    "unusual_ground_time": "needs the history of the field",
    "outlier": "needs the model and the history",
    "journey": "needs the flights after the stop",
    "dark_stop": "needs how low aircraft are heard there",
}
FROM_SILENCE = "rests on what others did meanwhile, and how low aircraft are heard there"
NO_STOP_TO_CHECK = "the stop that it speaks of rests on what others did meanwhile"
PLACE_TOLERANCE_DEG = 0.1
"""Six miles: what an aircraft flies between two points that are kept."""


class Outcome(StrEnum):
    """How a fact came out."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_RECOMPUTABLE = "not recomputable from the frames"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its value in the alert, the one recomputed, and why it could not be if so."""

    name: str
    claimed: Any
    recomputed: Any
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """All facts of an alert. `notes`: what a reader should know besides, one sentence each."""

    alert_id: str
    revision: int
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[Outcome, int]:
        """How many facts came out each way."""
        return {outcome: sum(fact.outcome is outcome for fact in self.facts) for outcome in Outcome}

    @property
    def same(self) -> bool:
        """Nothing came out different."""
        return all(fact.outcome is not Outcome.DIFFERENT for fact in self.facts)

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "schema": "detector.verification/1",
            "alert": self.alert_id,
            "revision": self.revision,
            "result": "same" if self.same else "different",
            "time_tolerance_s": TIME_TOLERANCE_S,
            "facts": [asdict(fact) for fact in self.facts],
            "notes": list(self.notes),
        }


def fact(name: str, claimed: Any, recomputed: Any) -> Fact:
    """A fact that has to be equal."""
    return Fact(name, claimed, recomputed, Outcome.SAME if claimed == recomputed else Outcome.DIFFERENT)


def compared(claimed: Mapping[str, Any], found: Mapping[str, Any] | None) -> list[Fact]:
    """Two stops as records of the contract. Raises KeyError, TypeError or ValueError for what is no such record."""
    if found is None:
        return [Fact("stop", claimed["airport"], None, Outcome.DIFFERENT, "the frames give no such stop")]
    facts = [fact("aircraft", claimed["icao24"], found["icao24"]), fact("field", claimed["airport"], found["airport"])]
    facts += [_level(name, claimed, found) for name in ("level", "kind")]
    for name in ("landed", "departed"):
        facts += _moments(name, claimed[name], found[name])
    facts += _ground_time(claimed["ground_time_s"], found["ground_time_s"])
    facts += _named(claimed["checks"], found["checks"], "check", "name", ("verdict",), NOT_FROM_FRAMES)
    facts += _named(
        claimed["findings"], found["findings"], "finding", "rule", ("certainty", "severity"), FINDINGS_NOT_FROM_FRAMES
    )
    if claimed.get("score") is not None:
        facts.append(
            Fact("score", claimed["score"], None, Outcome.NOT_RECOMPUTABLE, FINDINGS_NOT_FROM_FRAMES["outlier"])
        )
    return facts


def silence_compared(
    stop: Mapping[str, Any], claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> list[Fact]:
    """A stop told from a silence in flight alone (level 1), and that silence in the alert's run and from the frames.

    Raises KeyError, TypeError or ValueError for what are no such records.
    """
    if claimed is None or found is None:
        return [Fact("silence", claimed and claimed["from"], found and found["from"], Outcome.DIFFERENT,
                     "the frames give no such silence")]  # fmt: skip
    facts = [fact("aircraft", stop["icao24"], found["icao24"])]
    facts += [_near(f"silent {bound}", claimed[bound], found[bound]) for bound in ("from", "until")]
    for name, side in (("last", "lost"), ("next", "found")):
        facts += _place(name, claimed[side], found[side])
    facts += _within(stop, found)
    names = ("airport", "level", "kind", "landed", "departed", "ground_time_s", "candidates")
    told = {name: stop[name] for name in names if stop[name]}
    told["candidates"] = ", ".join(str(one["airport"]) for one in stop["candidates"])
    for moment in ("landed", "departed"):
        if stop[moment] is not None:
            told[moment] = f"{stop[moment]['earliest']} .. {stop[moment]['latest']}"
    facts += [Fact(name, value, None, Outcome.NOT_RECOMPUTABLE, FROM_SILENCE) for name, value in told.items()]
    for what, key, ones in (("check", "name", stop["checks"]), ("finding", "rule", stop["findings"])):
        facts += [
            Fact(f"{what} {one[key]}", one.get("verdict", one.get("certainty")), None, Outcome.NOT_RECOMPUTABLE,
                 NO_STOP_TO_CHECK) for one in ones
        ]  # fmt: skip
    return facts


def _within(stop: Mapping[str, Any], silence: Mapping[str, Any]) -> Iterator[Fact]:
    """The stop lies in the silence: not before the last frame, and over when the next one comes."""
    begin, end = parse_iso(silence["from"]) - TIME_TOLERANCE_S, silence["until"]
    landed, departed = stop["landed"]["earliest"], stop["departed"]
    inside = landed is None or parse_iso(landed) >= begin
    if departed is not None:
        inside = inside and (end is None or parse_iso(departed["latest"]) <= parse_iso(end) + TIME_TOLERANCE_S)
    yield fact("stop within the silence", True, inside)


def _place(name: str, claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Fact]:
    if claimed is None or found is None:
        yield fact(f"{name} place", claimed and claimed["at"], found and found["at"])
        return
    yield _near(f"{name} place heard", claimed["at"], found["at"])
    a, b = ((one["lat"], one["lon"]) for one in (claimed, found))
    # A turn of the earth is no distance.
    apart = max(abs(a[0] - b[0]), abs((a[1] - b[1] + 180.0) % 360.0 - 180.0))
    same = Outcome.SAME if apart <= PLACE_TOLERANCE_DEG else Outcome.DIFFERENT
    yield Fact(f"{name} place", f"{a[0]} {a[1]}", f"{b[0]} {b[1]}", same)


def _near(name: str, a: str | None, b: str | None) -> Fact:
    """Two times, or none on both sides."""
    close = a == b or (a is not None and b is not None and abs(parse_iso(a) - parse_iso(b)) <= TIME_TOLERANCE_S)
    return Fact(name, a, b, Outcome.SAME if close else Outcome.DIFFERENT)


def _level(name: str, claimed: Mapping[str, Any], found: Mapping[str, Any]) -> Fact:
    """The level follows from the checks: where one that frames cannot tell has lowered it, neither can they tell it."""
    told = fact(name, claimed[name], found[name])
    lowered_by = [c["name"] for c in claimed["checks"] if c["verdict"] == "fail" and c["name"] in NOT_FROM_FRAMES]
    if claimed.get("held") is not None:
        lowered_by.append("held")
    if told.outcome is Outcome.SAME or not lowered_by:
        return told
    return Fact(name, told.claimed, told.recomputed, Outcome.NOT_RECOMPUTABLE, f"rests on {', '.join(lowered_by)}")


def _moments(name: str, claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Fact]:
    if claimed is None or found is None:
        yield fact(name, None if claimed is None else claimed["latest"], None if found is None else found["latest"])
        return
    for bound in ("earliest", "latest"):
        yield _near(f"{name} {bound}", claimed[bound], found[bound])
    yield fact(f"{name} observed", claimed["observed"], found["observed"])


def _ground_time(claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Fact]:
    if claimed is None or found is None:
        yield fact("ground time", claimed, found)
        return
    for bound in ("min", "max"):
        a, b = claimed[bound], found[bound]
        # A length between two times, each with its tolerance.
        close = a == b or (a is not None and b is not None and abs(a - b) <= 2 * TIME_TOLERANCE_S)
        yield Fact(f"ground time {bound}", a, b, Outcome.SAME if close else Outcome.DIFFERENT)


def _named(
    claimed: list[dict[str, Any]],
    found: list[dict[str, Any]],
    what: str,
    key: str,
    values: tuple[str, ...],
    not_from_frames: Mapping[str, str],
) -> Iterator[Fact]:
    """Checks or findings, each against the one of its name."""
    recomputed = {one[key]: ", ".join(str(one[value]) for value in values) for one in found}
    for one in claimed:
        name, a = one[key], ", ".join(str(one[value]) for value in values)
        b = recomputed.pop(name, None)
        if a != b and name in not_from_frames:
            yield Fact(f"{what} {name}", a, b, Outcome.NOT_RECOMPUTABLE, not_from_frames[name])
        else:
            yield fact(f"{what} {name}", a, b)
    for name, b in recomputed.items():
        outcome = Outcome.NOT_RECOMPUTABLE if name in not_from_frames else Outcome.DIFFERENT
        yield Fact(f"{what} {name}", None, b, outcome, not_from_frames.get(name, ""))
