"""A high score is a finding: of low severity and only possible, whatever is set."""

from __future__ import annotations

import msgspec
import pytest

from detector.domain.stop import Certainty, Level, Score, Severity, Stop
from detector.rules import RulesFile, findings
from detector.rules.settings import AdjustedSeverity, Adjustment, OutlierRule
from tests.rules.test_rules import stop, watch_list


def scored(value: float) -> Stop:
    score = Score(value, "stop-outlier/1", ("new to LSZH", "a military aircraft of RU"))
    return msgspec.structs.replace(stop(level=Level.BOTH_SIDES), score=score)


def found(value: float, rules: RulesFile | None = None) -> list[tuple[str, Certainty, Severity]]:
    said = findings(scored(value), watch_list(), rules or RulesFile())
    return [(one.rule, one.certainty, one.severity) for one in said if one.rule == "outlier"]


@pytest.mark.parametrize(("value", "fires"), [(0.5, False), (0.999, False), (0.9991, True)])
def test_it_fires_above_its_limit(value: float, fires: bool) -> None:
    assert found(value) == [("outlier", Certainty.POSSIBLE, Severity.LOW)] * fires


def test_its_limit_can_be_set_and_it_can_be_switched_off() -> None:
    assert found(0.95, RulesFile(outlier=OutlierRule(above=0.9)))
    assert not found(0.9999, RulesFile(outlier=OutlierRule(enabled=False)))


def test_nothing_makes_it_more_than_low() -> None:
    raised = RulesFile(adjust=(Adjustment(rule="outlier", severity=AdjustedSeverity.HIGH),))
    assert found(0.9999, raised) == [("outlier", Certainty.POSSIBLE, Severity.LOW)]
    silent = RulesFile(adjust=(Adjustment(rule="outlier", severity=AdjustedSeverity.OFF),))
    assert found(0.9999, silent) == []


def test_its_reason_says_how_odd_and_why() -> None:
    (said,) = (one for one in findings(scored(0.9995), watch_list(), RulesFile()) if one.rule == "outlier")
    assert said.reason == (
        "odder than 999 of 1,000 ordinary stops (stop-outlier/1): new to LSZH; a military aircraft of RU"
    )
