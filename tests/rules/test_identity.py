"""A stop of an aircraft about which something is odd."""

from __future__ import annotations

import pytest

from detector.domain.identity import Identity, Remark, RemarkKind
from detector.domain.stop import Certainty, Finding, Level, Severity
from tests.rules.test_rules import found, listed, stop

NOTHING_LISTED = listed()


def of(*kinds: RemarkKind) -> Identity:
    return Identity(icao24="4840d6", remarks=tuple(Remark(kind, f"about {kind}") for kind in kinds))


@pytest.mark.parametrize("kind", list(RemarkKind))
def test_any_remark_is_told_and_certain_where_the_address_itself_shows_it(kind: RemarkKind) -> None:
    certain = kind in (RemarkKind.PLACEHOLDER, RemarkKind.UNALLOCATED)
    certainty = Certainty.CERTAIN if certain else Certainty.POSSIBLE
    finding = Finding("identity", certainty, Severity.LOW, f"about {kind}")
    assert found(stop(identity=of(kind)), NOTHING_LISTED) == {"identity": finding}


def test_several_remarks_are_told_together() -> None:
    finding = found(stop(identity=of(RemarkKind.REHEXED, RemarkKind.UNALLOCATED)), NOTHING_LISTED)["identity"]
    assert (finding.reason, finding.certainty) == ("about rehexed; about unallocated", Certainty.CERTAIN)


@pytest.mark.parametrize("identity", [None, of()], ids=["nothing known", "nothing odd"])
def test_nothing_is_said_where_nothing_is_odd(identity: Identity | None) -> None:
    assert found(stop(identity=identity), NOTHING_LISTED) == {}


def test_a_stop_in_the_dark_is_no_occasion() -> None:
    assert found(stop(identity=of(RemarkKind.REHEXED), level=Level.DARK), NOTHING_LISTED) == {}
