"""Who an aircraft is: what is known of its address, with the source and the days of every word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec


class TypeClass(StrEnum):
    """Types of aircraft that are used alike; from the species, engines and wake class of ICAO Doc 8643."""

    HEAVY = "heavy"
    """Landplanes of wake class H or J: long-haul airliners, large freighters."""
    JET = "jet"
    """Jets of wake class M: airliners of medium range, large business jets."""
    PROPELLER = "propeller"
    """Propeller aircraft of wake class M."""
    LIGHT_JET = "light_jet"
    LIGHT = "light"
    """Propeller aircraft of wake class L, gliders and balloons."""
    ROTORCRAFT = "rotorcraft"
    """Helicopters, gyrocopters, tilt-rotors."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One word about an aircraft.

    `source` says it, as of the day `dated`; it holds from `valid_from` to `valid_to`, both included, UTC. None where
    the source does not say.
    `weak`: worked out, and told by nobody who knows the aircraft: by its call sign, which the crew types in, or by a
    rule of the register that has exceptions.
    """

    value: str
    source: str
    dated: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    weak: bool = False


class RemarkKind(StrEnum):
    """What is odd about an identity."""

    PLACEHOLDER = "placeholder"
    """An address that no register gives out: a transponder that nobody set up, or an invented one."""
    UNALLOCATED = "unallocated"
    """An address in no state's block."""
    OUTSIDE_BLOCK = "outside_block"
    """The registration belongs to a register that gives out addresses of another block."""
    OTHER_ADDRESS = "other_address"
    """The register computes addresses from registrations, and gives this registration another one."""
    DISPUTED = "disputed"
    """Sources name different registrations for the same day."""
    REREGISTERED = "reregistered"
    """The airframe had another registration before, or has one since."""
    REHEXED = "rehexed"
    """The airframe had another address before, or has one since."""


class Remark(msgspec.Struct, frozen=True):
    """Something odd about an identity, in words that say what, by whom and since when.

    `telling`: a finding of its own. Otherwise it is worth knowing beside another one: that an airliner was sold at some
    time is ordinary.
    """

    kind: RemarkKind
    text: str
    telling: bool = True


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an address on one day.

    country              ISO 3166 alpha-2 of the state whose block it is in; None for no state's
    military             whether it is in a military block, or a source says so; `military_source` says which;
                         None where nobody says
    registration, type_code, operator, serial
                         facts with different values, the most trusted source first; () where nobody knows
    type_name            maker and model of the first `type_code`; `type_class` what it is used like
    remarks              what is odd about it
    """

    icao24: str
    country: str | None = None
    military: bool | None = None
    military_source: str | None = None
    registration: tuple[Fact, ...] = ()
    type_code: tuple[Fact, ...] = ()
    operator: tuple[Fact, ...] = ()
    serial: tuple[Fact, ...] = ()
    type_name: str | None = None
    type_class: TypeClass | None = None
    remarks: tuple[Remark, ...] = ()


def first_value(facts: tuple[Fact, ...]) -> str | None:
    """What the most trusted source says."""
    return facts[0].value if facts else None


class Identities(Protocol):
    """Whoever knows aircraft by their addresses."""

    def identity(self, icao24: str, at: float, callsigns: Iterable[str] = ()) -> Identity:
        """What is known of an address at Unix time `at`; `callsigns` that it used tell an operator, weakly."""


class Strangers:
    """Knows nobody."""

    def identity(self, icao24: str, at: float, callsigns: Iterable[str] = ()) -> Identity:
        """The address alone."""
        return Identity(icao24=icao24)
