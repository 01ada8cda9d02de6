"""A stop with who the aircraft was on that day, and what the rules say of both."""

from __future__ import annotations

import msgspec

from detector.domain.alert import JourneyStep
from detector.domain.identity import Identities, first_value
from detector.domain.names import field_name
from detector.domain.stop import Finding, Stop
from detector.reference import Airports, WatchList
from detector.rules import findings, onward
from detector.rules.settings import RulesFile
from detector.scoring import Baselines, Scorer, Ways


class Judge:
    """The rules with all that they ask: who is who, what is listed, and what is usual."""

    def __init__(
        self,
        rules: RulesFile,
        airports: Airports,
        watch_list: WatchList,
        identities: Identities,
        usual: Baselines | None = None,
        scorer: Scorer | None = None,
    ) -> None:
        self._rules = rules
        self._airports = airports
        self._watch_list = watch_list
        self._identities = identities
        self._usual = usual
        self._scorer = scorer

    def judged(self, stop: Stop, ways: Ways) -> Stop:
        """The stop with names, score and findings, by the tables and lists of the day of the landing."""
        at = stop.landed.estimate
        callsigns = [callsign for callsign in (stop.callsign_in, stop.callsign_out) if callsign]
        identity = self._identities.identity(stop.icao24, at, callsigns)
        stop = msgspec.structs.replace(
            stop,
            registration=first_value(identity.registration),
            type_code=first_value(identity.type_code),
            operator=first_value(identity.operator),
            identity=identity,
            airport_name=self._name_of(stop.airport),
        )
        if self._scorer is not None:
            stop = msgspec.structs.replace(stop, score=self._scorer.score(stop, ways))
        listed = self._watch_list.of_aircraft(identity, callsigns, at)
        return msgspec.structs.replace(
            stop, findings=findings(stop, self._watch_list, self._rules, listed, self._usual)
        )

    def onward(self, stop: Stop, journey: tuple[JourneyStep, ...]) -> Finding | None:
        """What is to be told of where the aircraft went after the stop."""
        return onward(stop, journey, self._rules)

    def _name_of(self, airport: str | None) -> str | None:
        field = None if airport is None else self._airports.index_of(airport)
        return None if field is None else field_name(self._airports.names[field], self._airports.places[field])
