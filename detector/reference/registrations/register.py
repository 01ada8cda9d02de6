"""What a register with a rule can do: address to registration and back."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Assigned(msgspec.Struct, frozen=True):
    """An address and the registration that goes with it, as a register's rule has it.

    country    ISO 3166 alpha-2 of the register; `source`: the rule in words
    also       other registrations that share the address: a rule may not tell them apart
    """

    address: int
    registration: str
    country: str
    source: str
    also: tuple[str, ...] = ()


class Register(Protocol):
    """A rule of one state for the registrations that begin alike.

    prefixes      how they begin, hyphen included; what has the same ending has the same address, and the first is told
    first, last   the lowest and the highest address of the rule
    """

    @property
    def prefixes(self) -> tuple[str, ...]: ...

    @property
    def country(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def first(self) -> int: ...

    @property
    def last(self) -> int: ...

    def ending_of(self, address: int) -> str | None:
        """What follows the prefix, for an address from `first` to `last`; None where the rule skips it."""
        ...

    def address_of(self, ending: str) -> int | None:
        """The address, for what follows the prefix in ASCII capital letters; None where it is no ending of the rule."""
        ...
