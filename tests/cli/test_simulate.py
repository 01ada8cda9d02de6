from __future__ import annotations

import re
from pathlib import Path

import pytest

from detector import cli

SCENARIO = """
name: A field that only the corrections know
description: A hop from Wonsan.
seed: 1
start: 2024-11-07T00:00:00Z
end: 2024-11-07T00:20:00Z
receivers:
  - {name: near, at: [39.17, 127.49], antenna_ft: 300}
aircraft:
  - icao24: 15522c
    type_code: IL62
    callsign: RFF7092
    category: A5
    flights:
      - {off_block: "2024-11-07T00:01:00Z", from: ZKWS, to: UHWW, cruise_ft: 33000}
"""


def test_a_scenario_may_name_a_field_that_only_the_corrections_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, recording = tmp_path / "hop.yaml", tmp_path / "hop.csv"
    scenario.write_text(SCENARIO, encoding="utf-8")
    assert cli.status_of(["simulate", str(scenario), "-o", str(recording)]) == 0
    assert re.search(r": [\d,]+ receptions of [\d,]+ frames sent; 1 stops", capsys.readouterr().err)
    assert recording.stat().st_size > 10_000


def test_the_fields_come_from_the_settings_that_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, settings = tmp_path / "hop.yaml", tmp_path / "detector.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    settings.write_text("airports: null\nwatchlists: []\n", encoding="utf-8")
    arguments = ["simulate", str(scenario), "-o", str(tmp_path / "x.csv"), "--config", str(settings)]
    assert cli.status_of(arguments) == 2
    assert "ZKWS: not in the airports table" in capsys.readouterr().err
