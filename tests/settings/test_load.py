from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.domain.times import parse_iso
from detector.settings import Configuration, Settings, find_config, load_configuration, load_settings
from detector.settings.template import default_config, described

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config" / "detector.yaml"


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(SHIPPED)


def write(directory: Path, text: str, name: str = "detector.yaml") -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_configuration_says_exactly_the_defaults() -> None:
    assert load_settings(SHIPPED) == Settings()


def test_the_shipped_configuration_is_what_the_code_describes() -> None:
    """When it fails: python -m detector.settings.template > config/detector.yaml."""
    assert SHIPPED.read_text(encoding="utf-8") == default_config()


@pytest.mark.parametrize("section", ["tracking", "movements", "alerting"])
def test_every_threshold_is_described(section: str) -> None:
    kind = type(getattr(Settings(), section))
    summary, comments = described(kind)
    assert summary
    assert set(comments) == set(kind.__struct_fields__)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "")) == Settings()
    assert load_settings(write(tmp_path, "# nothing\n")) == Settings()


def test_a_key_that_is_given_changes_that_key_alone(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "tracking:\n  silence_s: 240\n"))
    assert settings.tracking.silence_s == 240.0
    assert settings.movements == Settings().movements
    assert settings.tracking == msgspec.structs.replace(Settings().tracking, silence_s=240.0)


def test_receivers_are_read_with_their_place(tmp_path: Path) -> None:
    text = "receivers:\n  - {id: 0xFF00000000000001, name: roof, lat: 43.6, lon: 1, height_ft: 600}\n"
    (receiver,) = load_settings(write(tmp_path, text)).receivers
    assert receiver.id == 0xFF00000000000001
    assert (receiver.lat, receiver.lon, receiver.height_ft) == (43.6, 1.0, 600.0)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().receivers = ()  # type: ignore[misc]


def test_the_lookup_prefers_what_was_asked_for_then_the_environment_then_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DETECTOR_CONFIG", raising=False)
    assert find_config(None).resolve() == SHIPPED
    here = write(tmp_path, "", "config/detector.yaml")
    assert find_config(None).resolve() == here
    named = write(tmp_path, "", "named.yaml")
    monkeypatch.setenv("DETECTOR_CONFIG", str(named))
    assert find_config(None) == named
    assert find_config(here) == here


def test_a_configuration_named_by_the_environment_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_CONFIG", "nowhere.yaml")
    with pytest.raises(ConfigError, match=r"^nowhere\.yaml:1: no such file \(named by DETECTOR_CONFIG\)"):
        load_settings(None)


def test_the_shipped_lists_name_the_fields_of_the_published_cases(configuration: Configuration) -> None:
    at = parse_iso("2024-11-07T01:30:00Z")
    lists = configuration.watchlist
    assert {listing.list for listing in lists.entries_for("ZKPY", at)} == {
        "un-north-korea",
        "us-north-korea",
        "us-north-korea-landing",
    }
    for code in ("ZKWS", "OIII", "MUHA", "OSDI", "UKFF"):
        assert lists.entries_for(code, at), code
    for code in ("UHWW", "EHAM", "OLBA", "LLBG", "MUGM"):
        assert not lists.entries_for(code, at), code


@pytest.mark.parametrize(
    ("code", "day", "listed"),
    [
        ("OSDI", "2024-11-01", True),
        ("OSDI", "2025-06-30", True),
        ("OSDI", "2025-07-01", False),
        ("OSDI", "2011-08-16", False),
        ("UKFF", "2014-12-18", False),
        ("UKFF", "2014-12-19", True),
        ("ZKPY", "2006-10-13", False),
        ("ZKPY", "2006-10-14", True),
        ("MUHA", "1963-07-08", True),
    ],
)
def test_a_listing_is_taken_as_it_was_in_force_on_the_day(
    configuration: Configuration, code: str, day: str, listed: bool
) -> None:
    assert bool(configuration.watchlist.entries_for(code, parse_iso(day))) is listed


def test_wonsan_is_there_with_its_runways(configuration: Configuration) -> None:
    airports = configuration.airports
    i = airports.index_of("ZKWS")
    assert i is not None
    assert airports.longest_runway_ft[i] == 11482
    assert {runway.low.ident for runway in airports.runways_of(i)} == {"15L", "15R"}
    assert all(runway.estimated for runway in airports.runways_of(i))


def test_the_hash_follows_what_the_files_say_and_not_how(tmp_path: Path, configuration: Configuration) -> None:
    for name in ("airports.yaml", "rules.yaml", "watchlists/listed_airports.yaml"):
        write(tmp_path, "# a remark\n" + (SHIPPED.parent / name).read_text(encoding="utf-8"), name)
    same = load_configuration(write(tmp_path, "# only a remark\n"))
    assert same.hash == configuration.hash
    other = load_configuration(write(tmp_path, "tracking: {silence_s: 299}\n"))
    assert other.hash != configuration.hash
    listed = tmp_path / "watchlists" / "listed_airports.yaml"
    listed.write_text(listed.read_text(encoding="utf-8").replace("to: 2025-06-30", "to: 2025-07-01"), encoding="utf-8")
    assert load_configuration(write(tmp_path, "")).hash != configuration.hash


def test_the_hash_is_the_same_in_another_process(configuration: Configuration) -> None:
    code = (
        "import pathlib, sys; from detector.settings import load_configuration; "
        "print(load_configuration(pathlib.Path(sys.argv[1])).hash)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(SHIPPED)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == configuration.hash
