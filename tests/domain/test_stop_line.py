"""A stop as other programs read it, where it is held back or taken back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from detector.domain.stop import Held, Level, Status, Stop
from detector.domain.times import parse_iso
from detector.domain.wire import stop_line
from tests.rules.test_rules import stop

UNTIL = parse_iso("2024-05-06T13:25:02Z")
HELD = Held("3 of 5 aircraft around OSDI have poor or false positions", UNTIL + 0.25, alert=False, level=Level.OBSERVED)


def record(one: Stop) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(stop_line(one))
    return told


def test_a_held_stop_says_why_and_until_when_at_least() -> None:
    told = record(stop(held=HELD))
    # Rounded up: it is not released before.
    assert told["held"] == {"reason": HELD.reason, "until": "2024-05-06T13:25:03Z", "alert": False}
    assert (told["level"], told["kind"]) == (3, "inferred")
    assert list(told)[-1] == "held"


@pytest.mark.parametrize("values", [{}, {"status": Status.RETRACTED, "retraction": "heard on in flight"}])
def test_a_stop_that_is_not_held_has_no_such_field(values: dict[str, Any]) -> None:
    assert "held" not in record(stop(**values))
    assert ("retraction" in record(stop(**values))) == bool(values)


def test_a_held_stop_reads_the_same_after_a_pass_through_the_store() -> None:
    one = stop(held=HELD)
    again = msgspec.json.decode(msgspec.json.encode(one), type=Stop)
    assert again == one
    assert stop_line(again) == stop_line(one)
