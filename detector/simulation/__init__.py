"""Scenarios played: aircraft that fly, send and are heard, and the truth beside the frames. Pure: seeds are arguments.

scenario -> timeline (route, flight: where it truly is) -> emission (schedule, gnss, encode: what it sends)
-> receivers (who hears it) -> Simulation
"""

from detector.simulation.field import Field, RunwayEnd
from detector.simulation.receivers import ReceiverClock
from detector.simulation.run import Simulation, TrueMovement, TrueStop, airports_of, simulate
from detector.simulation.scenario import Scenario
from detector.simulation.scenario_text import parse_scenario

__all__ = [
    "Field",
    "ReceiverClock",
    "RunwayEnd",
    "Scenario",
    "Simulation",
    "TrueMovement",
    "TrueStop",
    "airports_of",
    "parse_scenario",
    "simulate",
]
