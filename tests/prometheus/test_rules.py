"""Prometheus' rules: promtool takes them, each alert is shown to fire and not to, and the guide explains each."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.debian import debian_command

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONFIG = ROOT / "config" / "prometheus"
RULES = sorted((CONFIG / "rules").glob("*.yml"))
TESTS = sorted(HERE.glob("*.test.yml"))
GUIDE = ROOT / "docs" / "operations.md"
WORDS = {"promql": re.compile(r"\bdetector_[a-z_]+"), "guide": re.compile(r"`(detector_[a-z_]+)`")}


def promtool(*options: str) -> str:
    program, environment = debian_command("promtool", "prometheus")
    done = subprocess.run([program, *options], env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules() -> list[dict[str, Any]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def test_promtool_takes_the_configuration_and_all_rules() -> None:
    assert f"{len(RULES)} rule files found" in promtool("check", "config", str(CONFIG / "prometheus.yml"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_alerts_fire_when_they_should_and_not_before(path: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", str(path))


def test_each_alert_is_shown_to_fire_and_not_to() -> None:
    cases = [case for path in TESTS for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]
    shown = {(test["alertname"], bool(test["exp_alerts"])) for case in cases for test in case["alert_rule_test"]}
    names = {rule["alert"] for rule in rules()}
    assert len(names) == len(rules())
    assert shown == {(name, fires) for name in names for fires in (True, False)}


def test_each_alert_is_explained_in_the_guide() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for rule in rules():
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (page, anchor) == ("docs/operations.md", rule["alert"].lower())
        row = next((line for line in guide.splitlines() if f'id="{anchor}"' in line), "")
        assert f"`{rule['alert']}`" in row, f"{rule['alert']} is not in the table of docs/operations.md"
        assert rule["labels"]["severity"] in row
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}


def test_rules_rest_on_metrics_that_the_guide_has() -> None:
    """And tests/service/test_metrics.py shows that the guide has those that there are."""
    guide = set(WORDS["guide"].findall(GUIDE.read_text(encoding="utf-8")))
    for rule in rules():
        named = {name.removesuffix("_bucket") for name in WORDS["promql"].findall(rule["expr"])}
        assert named <= guide, f"{rule['alert']}: {named - guide}"
