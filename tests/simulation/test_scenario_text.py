"""A scenario file says what it means, or is refused with the line and the path of what is wrong."""

from __future__ import annotations

import pytest

from detector.domain.errors import ConfigError
from detector.simulation import parse_scenario

GOOD = """\
name: test
start: 2024-01-01T00:00:00Z
aircraft:
  - icao24: 010203
    flights:
      - {from: UHWW, to: ZKPY, off_block: 2024-01-01T00:10:00Z, runway_in: 07}
receivers:
  - {name: one, at: [43.2, 131.9]}
"""


def test_text_that_looks_like_a_number_or_a_date_stays_text() -> None:
    scenario = parse_scenario(GOOD)
    assert scenario.aircraft[0].icao24 == "010203"
    assert scenario.aircraft[0].flights[0].runway_in == "07"
    assert scenario.start == "2024-01-01T00:00:00Z"
    assert scenario.receivers[0].at == (43.2, 131.9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    flights:", "    colour: red\n    flights:", r"f.yaml:5: aircraft\[0\].colour: unknown key"),
        ("{name: one, at", "{name: one, hight: 3, at", r"f.yaml:8: receivers\[0\].hight: unknown key"),
        ("[43.2, 131.9]", "[43.2]", r"f.yaml:8: receivers\[0\].at: "),
        ("icao24: 010203", "icao24: 010203\n    df: 19", r"f.yaml:5: aircraft\[0\].df: "),
        ("name: test\n", "", "f.yaml:1: the whole scenario: .*`name`"),
        ("name: test\n", "name: test\nname: again\n", "f.yaml:2: name: key given twice"),
        ("receivers:", "receivers: [", "f.yaml:.*: not valid YAML"),
        ("icao24: 010203", "icao24: 01020G", r"f.yaml:4: aircraft\[0\].icao24: "),
        ("icao24: 010203", "icao24: 010203\n    squawk: 1280", r"f.yaml:5: aircraft\[0\].squawk: "),
        ("icao24: 010203", "icao24: 010203\n    callsign: much too long", r"f.yaml:5: aircraft\[0\].callsign: "),
        ("[43.2, 131.9]", "[91, 131.9]", r"f.yaml:8: receivers\[0\].at\[0\]: "),
        (GOOD, "", "f.yaml:1: the whole scenario"),
    ],
)
def test_a_mistake_is_named_with_line_and_path(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=said):
        parse_scenario(GOOD.replace(old, new), source="f.yaml")
