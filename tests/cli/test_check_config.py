"""`detector check-config`: what would only be noticed when it is too late is noticed here."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.cli import status_of

WRONG = {
    "store misspelt": ("service: {store: embeded}", "embeded"),
    "store with a bad port": ('service: {store: "redis://localhost:99999999"}', "redis"),
    "token not set": ("service: {token_env: NO_SUCH_VARIABLE}", "NO_SUCH_VARIABLE"),
    "private endpoint": (
        'endpoints: [{name: a, url: "https://10.1.2.3/", secrets_env: [HOOK_SECRET]}]',
        "allow",
    ),
    "loopback by name": ('endpoints: [{name: a, url: "http://localhost:9093/", kind: alertmanager}]', "loopback"),
    "endpoint by plain http": ('endpoints: [{name: a, url: "http://example.org/"}]', "allow_http: true"),
    "endpoint at a public address by plain http": ('endpoints: [{name: a, url: "http://8.8.8.8/"}]', "asked by https"),
    "feed of this machine": ('feeds: [{name: a, kind: readsb, url: "http://localhost/a.json"}]', "allow_private: true"),
    "feed by plain http": ('feeds: [{name: a, kind: v2, url: "http://example.org/"}]', "asked by https"),
    "unknown rule of a filter": (
        "endpoints: [{name: a, kind: jsonl, path: a.jsonl, filters: {rules: [listed_airprot]}}]",
        "did you mean `listed_airport`?",
    ),
    "private feed": ('feeds: [{name: a, kind: readsb, url: "http://192.168.1.2/aircraft.json"}]', "allow_private"),
    "client secret not set": (
        "feeds: [{name: a, kind: opensky, client_id: me, client_secret_env: NO_SUCH_VARIABLE}]",
        "NO_SUCH_VARIABLE",
    ),
    "client secret file": (
        "feeds: [{name: a, kind: opensky, client_id: me, client_secret_file: nowhere.txt}]",
        "nowhere.txt",
    ),
    "webhook secret not set": (
        'endpoints: [{name: a, url: "https://example.org/", secrets_env: [NO_SUCH_VARIABLE]}]',
        "NO_SUCH_VARIABLE",
    ),
    "two feeds of one name": (
        "feeds: [{name: a, kind: beast}, {name: a, kind: avr}]",
        "two feeds",
    ),
    "unknown key": ("endpoints: [{name: a, ulr: x}]", "url"),
    "rules in the settings": ("rules: {enabled: [journey]}", "must be the name of a file"),
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    monkeypatch.delenv("NO_SUCH_VARIABLE", raising=False)


@pytest.mark.parametrize(("text", "word"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_one_line_that_names_it(
    text: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "detector.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    assert status_of(["check-config", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(file) in said
    assert word in said


def test_what_is_in_order_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "detector.yaml"
    file.write_text(
        "feeds:\n"
        "  - {name: roof, kind: beast}\n"
        '  - {name: own, kind: readsb, url: "http://192.168.1.2/aircraft.json", allow_private: true}\n'
        "endpoints:\n"
        '  - {name: desk, url: "https://example.org/", secrets_env: [HOOK_SECRET]}\n'
        '  - {name: inside, url: "https://10.1.2.3/", secrets_env: [HOOK_SECRET], allow: [10.0.0.0/8]}\n'
        '  - {name: lan, url: "http://alerts.lan:8080/", allow: ["alerts.lan:8080"]}\n'
        '  - {name: here, kind: alertmanager, url: "http://localhost:9093/", allow: ["localhost:9093"]}\n'
        '  - {name: open, url: "http://example.org/", allow_http: true, enabled: false}\n'
        "  - {name: file, kind: jsonl, path: alerts.jsonl, enabled: false}\n",
        encoding="utf-8",
    )
    assert status_of(["check-config", "--config", str(file)]) == 0
    said = capsys.readouterr().out
    assert "in order" in said
    assert "feeds: roof, own" in said
    assert "endpoints: desk, inside, lan (not signed), here, open (off, not signed), file (off)" in said


def test_a_mistake_in_the_rules_is_named_with_their_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, rules = tmp_path / "detector.yaml", tmp_path / "rules.yaml"
    file.write_text("endpoints: [{name: desk, kind: jsonl, path: a.jsonl}]\n", encoding="utf-8")
    rules.write_text("routes:\n  - {to: desk, list: us-north-koera}\n", encoding="utf-8")
    assert status_of(["check-config", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{rules}:2: unknown list `us-north-koera`; did you mean `us-north-korea`?" in said
    assert said.count("\n") == 1


def test_it_tells_which_rules_are_off_adjusted_and_routed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "detector.yaml"
    file.write_text("endpoints: [{name: desk, kind: jsonl, path: a.jsonl}]\n", encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(
        "journey: {enabled: false}\nadjust: [{list: us-cuba, severity: low}]\nroutes: [{to: desk, rule: dark_stop}]\n",
        encoding="utf-8",
    )
    assert status_of(["check-config", "--config", str(file)]) == 0
    said = capsys.readouterr().out
    assert "rules: listed_airport, listed_aircraft, short_turnaround, dark_stop, identity, first_visit, " in said
    assert "journey (off); " in said
    assert "; adjustments: 1; routes to desk\n" in said


def test_without_feeds_it_says_what_that_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "detector.yaml"
    file.write_text("tracking: {}\n", encoding="utf-8")
    assert status_of(["check-config", "--config", str(file)]) == 0
    said = capsys.readouterr().out
    assert "feeds: none (detector run needs one)" in said
    assert "endpoints: none\n" in said
