"""Every mistake in a configuration is one line that begins with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.domain.errors import ConfigError
from detector.settings import load_configuration

RECEIVER = "{id: 1, name: roof, lat: 43.6, lon: 1.4, height_ft: 600}"
LISTING = """\
entries:
  - list: mine
    programme: p
    authority: a
    identifier: i
    source: s
    link: https://example.org/
    from: 2020-01-01
    reason: r
    airport: ZKPY
"""
FILTER = """\
endpoints:
  - name: desk
    url: https://example.org/
    filters:
      {}
"""

SETTINGS = [
    # what is wrong, text of detector.yaml, line, part of the message
    ("unknown section", "traking: {}\n", 1, "unknown key `traking`; did you mean `tracking`?"),
    (
        "unknown key",
        "tracking:\n  silence_s: 300\n  silence: 3\n",
        3,
        "unknown key `silence`; did you mean `silence_s`?",
    ),
    ("unknown key like no other", "tracking:\n  qqqq: 3\n", 2, "unknown key `qqqq`; known here: "),
    ("wrong type", "\n\ntracking:\n  silence_s: soon\n", 4, "`tracking.silence_s`: expected `float`, got `str`"),
    ("truth for a number", "tracking:\n  silence_s: true\n", 2, "`tracking.silence_s`: expected `float`, got `bool`"),
    ("fraction for a count", "tracking:\n  accept_after: 2.5\n", 2, "`tracking.accept_after`: expected `int`"),
    ("list for a section", "tracking:\n  - 1\n", 1, "`tracking`: must be a mapping (`key: value`), not a list"),
    ("number for the document", "5\n", 1, "must be a mapping (`key: value`), not a number"),
    ("negative threshold", "tracking:\n  silence_s: -1\n", 2, "`tracking.silence_s`: must not be negative, got -1"),
    ("endless number", "tracking:\n  silence_s: 1.0e+999\n", 2, "`tracking.silence_s`: too large"),
    (
        "latitude",
        f"receivers:\n  - {RECEIVER.replace('43.6', '93.6')}\n",
        2,
        "`receivers[0].lat`: expected `float` <= 90",
    ),
    ("missing key", "receivers:\n  - {id: 1, name: roof, lat: 1, lon: 2}\n", 2, "missing required field `height_ft`"),
    ("key of a receiver", f"receivers:\n  - {RECEIVER}\n  - {{idd: 1}}\n", 3, "unknown key `idd`; did you mean `id`?"),
    ("same receiver twice", f"receivers:\n  - {RECEIVER}\n  - {RECEIVER}\n", 1, "two receivers have the id 1"),
    ("receiver identity", f"receivers:\n  - {RECEIVER.replace('id: 1', 'id: -1')}\n", 2, "must not be negative"),
    ("name that looks like a number", f"receivers:\n  - {RECEIVER.replace('roof', '12')}\n", 2, "(put it in quotes)"),
    (
        "duplicate key",
        "tracking:\n  silence_s: 1\n  low_ft: 9\n  silence_s: 2\n",
        4,
        "duplicate key `silence_s` (first on line 2)",
    ),
    (
        "duplicate section",
        "receivers: []\nairports: null\nreceivers: []\n",
        3,
        "duplicate key `receivers` (first on line 1)",
    ),
    ("unclosed bracket", "receivers: [\ntracking: {}\n", 2, "that begins on line 1"),
    ("tab", "tracking:\n\tsilence_s: 3\n", 2, "not valid YAML"),
    ("indentation", "tracking:\n  silence_s: 1\n low_ft: 2\n", 3, "not valid YAML"),
    ("reference", "tracking: &t {silence_s: 1}\nmovements: *t\n", 2, "references (*name) are not used here"),
    ("tag", "tracking: !!python/object:os.system {}\n", 1, "tags (tag:yaml.org,2002:python/object:os.system)"),
    ("tag on a value", "airports: !!python/name:os.system x\n", 1, "not valid YAML"),
    ("two documents", "tracking: {}\n---\ntracking: {}\n", 2, "not valid YAML"),
    ("control character", "tracking: {}\n# \x07\n", 2, "not valid YAML"),
    ("list as a key", "? [a, b]\n: 1\n", 1, "a key must be a word"),
    ("rules in the settings", "\nrules: {journey: {enabled: false}}\n", 2, "`rules`: must be the name of a file"),
    ("rules as a list", "rules: [rules.yaml]\n", 1, "`rules`: must be the name of a file, as rules.yaml, or null"),
    ("misspelt rules", "rulse: rules.yaml\n", 1, "unknown key `rulse`; did you mean `rules`?"),
    ("missing rules", "receivers: []\nrules: nowhere.yaml\n", 1, "cannot be read: no such file"),
    (
        "mapping for a list",
        "feeds:\n  name: roof\n  kind: beast\n",
        1,
        "`feeds`: must be a list: begin each entry with `- `",
    ),
    ("word for a list", FILTER.format("countries: KP"), 5, "begin each entry with `- `, or put it in [ ]"),
    (
        "word that is no choice",
        FILTER.format("severity: hihg"),
        5,
        "invalid enum value 'hihg'; there are low, medium, high; did you mean `high`?",
    ),
    ("kind of a feed", "feeds:\n  - {name: a, kind: modes}\n", 2, "there are beast, avr, sbs, beast-listen, readsb"),
    ("choice in an optional field", "feeds: [{name: a, kind: avr, trust: pubic}]\n", 1, "did you mean `public`?"),
    (
        "name of a feed",
        "feeds:\n  - {name: my roof, kind: beast}\n",
        2,
        "'my roof' is not made of letters, digits, - and _",
    ),
    (
        "name of an endpoint",
        "endpoints:\n  - {name: News, url: 'https://example.org/'}\n",
        2,
        "'News' is not made of small letters, digits, - and _",
    ),
    ("country of a filter", FILTER.format("countries: [Kp]"), 5, "'Kp' is not made of two capital letters"),
    (
        "unknown rule of a filter",
        FILTER.format("rules: [embargo, listed_airprot]"),
        5,
        "unknown rule `embargo`; known here: ",
    ),
    (
        "misspelt rule of a filter",
        FILTER.format("rules:\n        - listed_airprot"),
        6,
        "unknown rule `listed_airprot`; did you mean `listed_airport`?",
    ),
    ("unknown airport of a filter", FILTER.format("airports: [ZKPY, ZKPX]"), 5, "unknown airport `ZKPX`"),
    ("IATA code in a filter", FILTER.format("airports: [FNJ]"), 5, "unknown airport `FNJ`; its code here is ZKPY"),
    ("missing list", "receivers: []\nwatchlists: [nowhere.yaml]\n", 1, "cannot be read: no such file"),
]
LISTS = [
    ("unknown type", LISTING.replace("airport: ZKPY", "type: IL26"), 2, "unknown type `IL26`; did you mean `"),
    ("unknown airport", LISTING.replace("ZKPY", "ZKPX"), 2, "unknown airport 'ZKPX'"),
    ("unknown key", LISTING.replace("reason", "raeson"), 9, "unknown key `raeson`; did you mean `reason`?"),
    ("missing source", LISTING.replace("    source: s\n", ""), 2, "missing required field `source`"),
    ("no day", LISTING.replace("2020-01-01", "lately"), 8, "invalid RFC3339 encoded date"),
    ("impossible day", LISTING.replace("2020-01-01", "2020-02-31"), 8, "day is out of range for month"),
    ("second entry", LISTING + LISTING.replace("entries:\n", "").replace("ZKPY", "QQQQ"), 11, "unknown airport 'QQQQ'"),
    ("no entries", "entry: []\n", 1, "unknown key `entry`; did you mean `entries`?"),
    ("country in words", LISTING.replace("airport: ZKPY", "country: Cuba"), 10, "`entries[0].country`"),
]
CORRECTIONS = [
    ("no source", "airports:\n  - code: EHAM\n    lat: 3\n", 2, "missing required field `source`"),
    ("latitude", "airports:\n  - code: EHAM\n    source: from a chart\n    lat: 99\n", 4, "`airports[0].lat`"),
    ("incomplete field", "airports:\n  - {code: QQQQ, source: from a chart}\n", 2, "QQQQ is not in the airports table"),
    (
        "runway name",
        "airports:\n  - code: EHAM\n    source: from a chart\n    runways: [{ident: '09', length_ft: 900}]\n",
        4,
        "ident",
    ),
]


def message(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_configuration(path)
    return str(caught.value)


@pytest.mark.parametrize(("text", "line", "part"), [case[1:] for case in SETTINGS], ids=[case[0] for case in SETTINGS])
def test_a_mistake_in_the_settings_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    path = tmp_path / "detector.yaml"
    (tmp_path / "airports.yaml").write_text("airports: []\n", encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    said = message(path)
    wrong = tmp_path / "nowhere.yaml" if "nowhere" in text else path
    assert said.startswith(f"{wrong}:{line}: "), said
    assert part in said
    assert "\n" not in said


@pytest.mark.parametrize(("text", "line", "part"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_a_mistake_in_a_watch_list_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text("watchlists: [mine.yaml]\nairports: null\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    said = message(path)
    assert said.startswith(f"{tmp_path / 'mine.yaml'}:{line}: "), said
    assert part in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "line", "part"), [case[1:] for case in CORRECTIONS], ids=[case[0] for case in CORRECTIONS]
)
def test_a_mistake_in_the_corrections_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, part: str
) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text("watchlists: []\nairports: mine.yaml\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    said = message(path)
    assert said.startswith(f"{tmp_path / 'mine.yaml'}:{line}: "), said
    assert part in said
    assert "\n" not in said


def test_a_file_that_is_not_there_not_text_or_a_directory_is_one_line(tmp_path: Path) -> None:
    assert message(tmp_path / "none.yaml").endswith("none.yaml:1: cannot be read: no such file or directory")
    assert message(tmp_path).endswith(":1: cannot be read: is a directory")
    (tmp_path / "binary.yaml").write_bytes(b"tracking: {}\n\xff\xfe\n")
    assert message(tmp_path / "binary.yaml").endswith("binary.yaml:2: not UTF-8 text")


def test_norway_is_a_country_and_not_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text("watchlists: [mine.yaml]\nairports: null\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(LISTING.replace("airport: ZKPY", "country: NO"), encoding="utf-8")
    configuration = load_configuration(path)
    assert {configuration.airports.countries[i] for i in configuration.watchlist.indices} == {"NO"}
