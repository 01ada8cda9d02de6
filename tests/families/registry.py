"""All families by name, and what is asked of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.families import dark, flights, oddities, spoofed
from tests.families import seen_and_unseen as stops
from tests.families.draw import Case

Make = Callable[[int], Case]


class Group(StrEnum):
    """What the families of a group have in common."""

    SEEN = "heard all along"
    UNSEEN = "landing or take-off unseen"
    DARK = "transponder off"
    NONE = "no stop"
    SPOOFED = "false positions"
    JAMMED = "jammed"
    ODD = "odd streams"


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    group: Group
    make: Make


_GROUPS: dict[Group, tuple[Make, ...]] = {
    Group.SEEN: (
        stops.observed, stops.parked_for_days, stops.silent_at_the_gate, stops.outage_while_parked,
        stops.outage_on_descent, flights.go_around, flights.low_pass, flights.touch_and_go, flights.diversion,
        flights.turn_back, flights.back_home, oddities.a_day_at_a_field,
    ),
    Group.UNSEEN: (
        stops.landing_unseen, stops.take_off_unseen, stops.both_unseen, stops.both_unseen_while_heard_elsewhere,
        stops.holding_then_unseen, stops.one_of_two_fields, stops.outage_at_the_landing,
    ),
    Group.DARK: (dark.dark_listed, dark.dark_elsewhere, dark.dark_to_the_end),
    Group.NONE: (
        dark.dark_en_route, dark.out_of_range, flights.overflight, flights.overflight_of_a_hole,
        oddities.helicopter_hovering, oddities.ground_vehicle,
    ),
    Group.SPOOFED: spoofed.SPOOFED,
    Group.JAMMED: (spoofed.jammed_then_landed, spoofed.jammed_en_route),
    Group.ODD: (
        oddities.two_clocks, oddities.late_and_shuffled, oddities.wrong_surface_fix,
        oddities.one_address_in_two_places, oddities.one_bit_neighbour, oddities.helicopter_off_field,
    ),
}  # fmt: skip

FAMILIES: dict[str, Family] = {
    make.__name__: Family(make.__name__, group, make) for group, makes in _GROUPS.items() for make in makes
}


def names_in(*groups: Group) -> list[str]:
    return [name for name, family in FAMILIES.items() if family.group in groups]
