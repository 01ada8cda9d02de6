"""`config/rules.yaml`: what comes along, what a person may write, and that every mistake is told with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.domain.identity import TypeClass
from detector.domain.stop import Severity
from detector.rules import RULES, RulesFile
from detector.rules.settings import Adjustment, GradedRule, PlainRule, RouteSettings, Severities, TurnaroundRule
from detector.settings import load_configuration, load_settings
from detector.settings.rules_file import refuse_unknown_lists, rules_of
from detector.settings.yaml_tree import YamlTree, parse_yaml

SHIPPED = Path(__file__).parents[2] / "config" / "rules.yaml"
LISTS = ("us-cuba", "us-iran", "us-north-korea")
ENDPOINTS = ("newsroom", "desk")
ALL_OFF = "".join(f"{rule}: {{enabled: false}}\n" for rule in RULES)

MISTAKES = [
    # what is wrong, text of rules.yaml, line, part of the message
    ("rule", "listed_airprot: {enabled: true}\n", 1, "unknown key `listed_airprot`; did you mean `listed_airport`?"),
    ("section", "\nroute: []\n", 2, "unknown key `route`; did you mean `routes`?"),
    ("key of a rule", "journey:\n  enabeld: false\n", 2, "unknown key `enabeld`; did you mean `enabled`?"),
    ("word for a truth", "journey:\n  enabled: no\n", 2, "`journey.enabled`: expected `bool`, got `str`"),
    ("severity", "journey:\n  severity: hihg\n", 2, "there are low, medium, high; did you mean `high`?"),
    ("severity off for a whole rule", "journey:\n  severity: off\n", 2, "there are low, medium, high"),
    ("severities", "listed_airport:\n  severity:\n    certian: low\n", 3, "did you mean `certain`?"),
    ("one severity for two", "listed_airport:\n  severity: low\n", 2, "must be a mapping (`key: value`), not text"),
    ("severity of a certainty", "listed_airport:\n  severity: {certain: hi}\n", 2, "there are low, medium, high"),
    ("limit of a rule without one", "journey:\n  under_s: 60\n", 2, "unknown key `under_s`; known here: enabled"),
    ("limit of nothing", "short_turnaround:\n  under_s: 0\n", 2, "`short_turnaround.under_s`: expected `float` > 0"),
    ("limit in words", "short_turnaround:\n  under_s: soon\n", 2, "`short_turnaround.under_s`: expected `float`"),
    ("adjust as a mapping", "adjust: {rule: journey}\n", 1, "`adjust`: must be a list"),
    ("key of adjust", "adjust:\n  - {rule: journey, severtiy: low}\n", 2, "did you mean `severity`?"),
    (
        "rule of adjust",
        "adjust:\n  - rule: jorney\n    severity: low\n",
        2,
        "unknown rule `jorney`; did you mean `journey`?",
    ),
    (
        "rule in a list",
        "adjust:\n  - rule:\n      - journey\n      - jorney\n    severity: low\n",
        4,
        "unknown rule `jorney`",
    ),
    ("rule that is a number", "adjust:\n  - {rule: 3, severity: low}\n", 2, "(put it in quotes)"),
    (
        "list of adjust",
        "adjust:\n  - {rule: journey, severity: low}\n  - severity: low\n    list: us-cubba\n",
        4,
        "unknown list `us-cubba`; did you mean `us-cuba`?",
    ),
    ("list like no other", "adjust: [{list: xyz, severity: low}]\n", 1, "known here: us-cuba, us-iran"),
    (
        "class of adjust",
        "adjust:\n  - severity: low\n    type_class: [heavy, hevay]\n",
        3,
        "unknown type class `hevay`; did you mean `heavy`?",
    ),
    ("severity of adjust", "adjust:\n  - {severity: of}\n", 2, "there are low, medium, high, off; did you mean `off`?"),
    ("no words", "adjust:\n  - severity: low\n    rule: []\n", 3, "`rule` names nothing; leave it out"),
    (
        "no change",
        "adjust:\n  - {severity: low}\n  - {rule: journey}\n",
        3,
        "changes nothing; give `severity` or `under_s`",
    ),
    ("empty entry", "adjust:\n  - {}\n", 2, "changes nothing"),
    (
        "limit for a rule without one",
        "adjust:\n  - rule: [short_turnaround, journey]\n    under_s: 60\n",
        3,
        "`journey` has no `under_s`; it belongs to `short_turnaround` alone",
    ),
    (
        "limit for any rule",
        "adjust:\n  - under_s: 60\n",
        2,
        "`under_s` needs a `rule`; it belongs to `short_turnaround`",
    ),
    ("adjusted limit of nothing", "adjust:\n  - {rule: short_turnaround, under_s: 0}\n", 2, "expected `float` > 0"),
    (
        "rule that is off",
        "journey: {enabled: false}\nadjust:\n  - severity: low\n    rule: journey\n",
        4,
        "can never hold: `journey` is switched off",
    ),
    (
        "list for a rule without",
        "adjust:\n  - rule: identity\n    severity: low\n    list: us-cuba\n",
        4,
        "can never hold",
    ),
    (
        "list for rules of which only one without is on",
        "dark_stop: {enabled: false}\nadjust:\n  - {rule: [identity, dark_stop], severity: low, list: us-cuba}\n",
        3,
        "can never hold: `identity` looks at no list",
    ),
    ("no endpoint", "routes:\n  - {rule: journey}\n", 2, "missing required field `to`"),
    ("empty endpoint", "routes:\n  - rule: journey\n    to: []\n", 3, "`to` names no endpoint"),
    (
        "endpoint",
        "routes:\n  - rule: journey\n    to: newsrom\n",
        3,
        "unknown endpoint `newsrom`; did you mean `newsroom`?",
    ),
    (
        "second endpoint",
        "routes:\n  - {to: desk}\n  - to: [desk, dekc]\n",
        3,
        "unknown endpoint `dekc`; did you mean `desk`?",
    ),
    ("key of a route", "routes:\n  - {to: desk, lists: us-cuba}\n", 2, "unknown key `lists`; did you mean `list`?"),
    ("rule of a route", "routes:\n  - {to: desk, rule: [journey, jorney]}\n", 2, "unknown rule `jorney`"),
    ("list of a route", "routes:\n  - to: desk\n    list: [us-cuba, us-irna]\n", 3, "did you mean `us-iran`?"),
    ("class of a route", "routes:\n  - {to: desk, type_class: helicopter}\n", 2, "unknown type class `helicopter`"),
    ("severity of a route", "routes:\n  - {to: desk, severity: off}\n", 2, "there are low, medium, high"),
    ("limit of a route", "routes:\n  - {to: desk, under_s: 60}\n", 2, "unknown key `under_s`"),
    (
        "route of a rule that is off",
        "journey: {enabled: false}\ndark_stop: {enabled: false}\nroutes:\n  - {to: desk, rule: [journey, dark_stop]}\n",
        4,
        "can never hold: `journey`, `dark_stop` is switched off",
    ),
    (
        "route with all rules off",
        ALL_OFF + "routes:\n  - {to: desk}\n",
        11,
        "can never hold: every rule is switched off",
    ),
    (
        "route of a list that no rule looks at",
        "routes:\n  - {to: desk, rule: [identity, journey], list: us-cuba}\n",
        2,
        "can never hold: `identity`, `journey` looks at no list",
    ),
    ("twice", "journey: {}\njourney: {}\n", 2, "duplicate key `journey` (first on line 1)"),
]


def read(text: str) -> RulesFile:
    return checked(parse_yaml(text, "rules.yaml"))


def checked(tree: YamlTree) -> RulesFile:
    rules = rules_of(tree, ENDPOINTS)
    refuse_unknown_lists(tree, rules, LISTS)
    return rules


@pytest.mark.parametrize(("text", "line", "part"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_with_file_and_line(text: str, line: int, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    said = str(caught.value)
    assert said.startswith(f"rules.yaml:{line}: "), said
    assert part in said
    assert "\n" not in said


def test_without_lists_or_endpoints_it_is_said_that_there_are_none() -> None:
    tree = parse_yaml("adjust: [{list: us-cuba, severity: low}]\n", "rules.yaml")
    with pytest.raises(ConfigError, match="unknown list `us-cuba`; there is none"):
        refuse_unknown_lists(tree, rules_of(tree, ()), ())
    with pytest.raises(ConfigError, match="unknown endpoint `desk`; there is none"):
        rules_of(parse_yaml("routes: [{to: desk}]\n", "rules.yaml"), ())


def test_the_shipped_file_says_exactly_the_defaults_and_all_of_them() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert read(text) == RulesFile()
    assert parse_yaml(text, "rules.yaml").value == msgspec.json.decode(msgspec.json.encode(RulesFile()))


def test_the_shipped_file_explains_every_key_and_every_word() -> None:
    comments = " ".join(re.findall(r"#(.*)", SHIPPED.read_text(encoding="utf-8")))
    explained = set(re.findall(r"[a-z_0-9]+", comments))
    kinds = (PlainRule, TurnaroundRule, Severities, Adjustment, RouteSettings)
    keys = {name for kind in kinds for name in kind.__struct_fields__}
    assert keys - explained - {"under_s"} == set()
    assert {"under_s", "off", *Severity, *TypeClass} <= explained


def test_the_examples_of_the_shipped_file_are_right() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("adjust: []", "").replace("routes: []", "")
    heads = iter(("adjust:", "routes:"))
    lines = [next(heads) if line == "# Example:" else re.sub(r"^#   - ", "  - ", line) for line in text.splitlines()]
    rules = read("\n".join(lines))
    assert [entry.list for entry in rules.adjust] == ["us-cuba", None, "us-iran"]
    assert [entry.severity for entry in rules.adjust] == ["low", None, "off"]
    assert rules.routes == (
        RouteSettings(
            to="newsroom",
            rule=("listed_airport", "listed_aircraft"),
            list=("us-north-korea",),
            type_class=("heavy",),
            severity=Severity.HIGH,
        ),
    )


def test_a_key_that_is_given_changes_that_key_alone() -> None:
    rules = read("short_turnaround: {under_s: 900}\nlisted_airport: {severity: {possible: low}}\n")
    assert rules == RulesFile(
        short_turnaround=TurnaroundRule(under_s=900.0),
        listed_airport=GradedRule(severity=Severities(possible=Severity.LOW)),
    )


def test_off_needs_no_quotes() -> None:
    assert read("adjust: [{list: us-iran, severity: off}]\n") == read('adjust: [{list: us-iran, severity: "off"}]\n')


class TestTheSettings:
    """The file as the settings name it."""

    def settings(self, folder: Path, text: str, **files: str) -> Path:
        for name, content in files.items():
            (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
        path = folder / "detector.yaml"
        path.write_text("watchlists: []\nairports: null\n" + text, encoding="utf-8")
        return path

    def test_name_it_relative_to_themselves(self, tmp_path: Path) -> None:
        path = self.settings(tmp_path, "rules: mine.yaml\n", mine="journey: {enabled: false}\n")
        assert load_settings(path).rules == RulesFile(journey=PlainRule(enabled=False))

    def test_take_the_one_beside_them_where_they_name_none_or_else_the_shipped_one(self, tmp_path: Path) -> None:
        assert load_settings(self.settings(tmp_path, "")).rules == RulesFile()
        path = self.settings(tmp_path, "", rules="journey: {enabled: false}\n")
        assert load_settings(path).rules == RulesFile(journey=PlainRule(enabled=False))

    def test_may_want_the_defaults_whatever_lies_beside_them(self, tmp_path: Path) -> None:
        path = self.settings(tmp_path, "rules: null\n", rules="journey: {enabled: false}\n")
        assert load_settings(path).rules == RulesFile()

    def test_have_the_endpoints_that_routes_lead_to(self, tmp_path: Path) -> None:
        endpoints = "endpoints: [{name: desk, kind: jsonl, path: a.jsonl, enabled: false}]\n"
        path = self.settings(tmp_path, endpoints, rules="routes:\n  - {to: desk}\n")
        assert load_settings(path).rules.routes == (RouteSettings(to="desk"),)
        path = self.settings(tmp_path, "", rules="routes:\n  - {to: desk}\n")
        with pytest.raises(ConfigError, match=r"rules\.yaml:2: unknown endpoint `desk`"):
            load_settings(path)

    def test_have_the_lists_that_entries_name(self, tmp_path: Path) -> None:
        path = self.settings(tmp_path, "", rules="\nadjust:\n  - {list: us-cuba, severity: low}\n")
        with pytest.raises(ConfigError, match=r"rules\.yaml:3: unknown list `us-cuba`; known here: us-ofac-sdn"):
            load_configuration(path)
        path.write_text("airports: null\n", encoding="utf-8")  # with the shipped watch lists
        assert load_configuration(path).settings.rules.adjust[0].list == "us-cuba"

    def test_have_a_hash_that_follows_what_the_rules_say_and_not_who_is_told(self, tmp_path: Path) -> None:
        desk = "endpoints: [{name: desk, kind: jsonl, path: a.jsonl}]\n"

        def hashed(rules: str) -> str:
            return load_configuration(self.settings(tmp_path, desk, rules=rules)).hash

        plain = hashed("")
        assert hashed("# a remark\njourney: {enabled: true}\n") == plain
        assert hashed("routes: [{to: desk}]\n") == plain
        others = [
            "journey: {enabled: false}\n",
            "short_turnaround: {under_s: 3599}\n",
            "dark_stop: {severity: low}\n",
            "adjust: [{rule: journey, severity: medium}]\n",
            "adjust: [{rule: journey, severity: high}]\n",
        ]
        assert len({plain, *map(hashed, others)}) == 1 + len(others)
