"""Registers that compute one from the other: the 24-bit address of an aircraft, and its registration.

ICAO gives each state a block of addresses (Annex 10, Volume III, Part I, chapter 9) and leaves to it how to give them
out. Many count through their registrations by a rule. The FAA publishes its one; the others are known from the
addresses that aircraft turn out to have, and each one here is held against the standing-data table by a test. A rule
says what the register would give; an aircraft whose transponder is set otherwise, or that an exception was made for,
is not what the rule says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from detector.reference.registrations.japan import JapaneseRegister
from detector.reference.registrations.korea import KOREAN
from detector.reference.registrations.numeric import NUMBERS
from detector.reference.registrations.register import Assigned, Register
from detector.reference.registrations.stride import SERIES
from detector.reference.registrations.us import NNumbers

__all__ = ["REGISTERS", "Assigned", "Register", "address_of", "registration_of"]

REGISTERS: tuple[Register, ...] = tuple(
    sorted((NNumbers(), JapaneseRegister(), *KOREAN, *NUMBERS, *SERIES), key=lambda register: register.first)
)
"""By address; no two share one."""


def registration_of(address: int) -> Assigned | None:
    """The registration that goes with an address; None where no register is known to compute one."""
    i = bisect_right(_FIRST, address) - 1
    if i < 0 or address > _LAST[i]:
        return None
    register = REGISTERS[i]
    ending = register.ending_of(address)
    return None if ending is None else _assigned(register, register.prefixes[0], ending, address)


def address_of(registration: str) -> Assigned | None:
    """The address that goes with a registration, which is read in either case, with or without its hyphen.

    None where no register is known to compute one, and for what is not the form of one.
    """
    text = registration.strip()
    if not text.isascii():  # some letters become ASCII ones in capitals
        return None
    text = text.upper()
    plain = text.replace("-", "", 1)
    for length in (2, 1):
        for prefix, register in _BY_BEGINNING.get(plain[:length], ()):
            if len(plain) < len(text) and not ("-" in prefix and text.startswith(prefix)):
                continue
            ending = plain[length:]
            address = register.address_of(ending)
            if address is not None:
                return _assigned(register, prefix, ending, address)
    return None


def _assigned(register: Register, prefix: str, ending: str, address: int) -> Assigned:
    also = tuple(other + ending for other in register.prefixes if other != prefix)
    return Assigned(address, prefix + ending, register.country, register.source, also)


def _by_beginning(registers: Iterable[Register]) -> dict[str, list[tuple[str, Register]]]:
    """Prefixes as they stand in a registration, under what they are without a hyphen: one or two characters."""
    found: dict[str, list[tuple[str, Register]]] = {}
    for register in registers:
        for prefix in register.prefixes:
            found.setdefault(prefix.replace("-", ""), []).append((prefix, register))
    return found


# Worked out once: `Series.last` is arithmetic, and a search over it would do it for each.
_FIRST = [register.first for register in REGISTERS]
_LAST = [register.last for register in REGISTERS]
_BY_BEGINNING = _by_beginning(REGISTERS)
