"""What is odd about an address and the registrations that it is said to have."""

from __future__ import annotations

from collections.abc import Iterator

from detector.domain.identity import Fact, Remark, RemarkKind
from detector.reference import registrations
from detector.reference.blocks import AddressBlocks, placeholder
from detector.reference.prefixes import Prefixes


def of_address(address: int, blocks: AddressBlocks) -> Iterator[Remark]:
    """An address that nobody can have been given."""
    reason = placeholder(address)
    if reason is not None:
        yield Remark(RemarkKind.PLACEHOLDER, f"address {address:06x}: {reason}")
    elif blocks.block_of(address) is None:
        yield Remark(RemarkKind.UNALLOCATED, f"address {address:06x} is in the block of no state")


def of_registrations(
    address: int,
    facts: tuple[Fact, ...],
    computed: registrations.Assigned | None,
    country: str | None,
    prefixes: Prefixes,
) -> Iterator[Remark]:
    """Registrations that do not go with the address, and sources that contradict each other. `computed`: what the
    register of the address makes of it. Only the word of the most trusted source is telling."""
    told = [fact for fact in facts if computed is None or fact.source != computed.source]
    for fact in told:
        assigned = registrations.address_of(fact.value)
        rule = "" if assigned is None else f"; that register gives it the address {assigned.address:06x}"
        if country is not None and prefixes.block_fits(fact.value, country) is False:
            registers = " or ".join(prefixes.register_of(fact.value))
            text = (
                f"{fact.value} ({fact.source}) is of the register of {registers}, the address in the block of "
                f"{country}{rule}"
            )
            yield Remark(RemarkKind.OUTSIDE_BLOCK, text, telling=fact is facts[0])
        elif assigned is not None and assigned.address != address:
            text = f"{fact.value} ({fact.source}) does not go with the address {address:06x}{rule}"
            yield Remark(RemarkKind.OTHER_ADDRESS, text, telling=fact is facts[0])
    if len(told) > 1:
        said = ", ".join(f"{fact.value} says {fact.source}{_as_of(fact)}" for fact in told)
        yield Remark(RemarkKind.DISPUTED, f"sources name different registrations: {said}", telling=False)


def plain(text: str) -> str:
    """A word as it is compared: without hyphens and blanks, in capital letters."""
    return "".join(text.split()).replace("-", "").upper()


def _as_of(fact: Fact) -> str:
    return f" ({fact.dated.isoformat()})" if fact.dated is not None else ""
