from __future__ import annotations

from pathlib import Path

import pytest

from detector.alerting.quiet import QuietHours
from detector.domain.errors import ConfigError
from detector.domain.stop import Severity
from detector.settings.typed import structured
from detector.settings.yaml_tree import parse_yaml
from detector.sinks import SINKS
from detector.sinks.settings import OF_KIND, TARGET, EndpointSettings

FULL = """
name: desk
url: https://example.com/hook
secrets: [whsec_b29vb29vb29vb29vb29vb29vb29vb29vb28]
filters: {severity: medium, min_level: 2, rules: [dark_stop], airports: [ZKPY], countries: [KP], aircraft: [15522c],
          events: [opened, retracted]}
headers: {X-Desk: "${stop.airport}"}
body: {text: "${summary}"}
digest_s: 600
quiet: {from: "22:00", to: 07:00, timezone: Europe/Paris, unless: high}
allow: [10.0.0.0/8, "localhost:8080"]
"""


def read(text: str) -> EndpointSettings:
    return structured(parse_yaml(text, "detector.yaml"), EndpointSettings)


def test_all_that_may_be_written_is_read() -> None:
    endpoint = read(FULL).endpoint()
    assert endpoint.name == "desk"
    assert endpoint.route.severity is Severity.MEDIUM
    assert endpoint.route.airports == {"ZKPY"}
    assert isinstance(endpoint.quiet, QuietHours)
    assert endpoint.quiet.unless is Severity.HIGH
    assert endpoint.digest_s == 600.0


def test_the_mark_of_an_address_shows_nothing_of_it_and_follows_it() -> None:
    one, other = (read(f"{{name: a, url: 'https://example.com/{path}'}}").endpoint() for path in ("s3cret", "t"))
    assert "s3cret" not in one.address
    assert one.address != other.address
    assert one.address == read("{name: a, url: 'https://example.com/s3cret', digest_s: 5}").endpoint().address


def test_secrets_do_not_show_where_settings_are_printed() -> None:
    settings = read("{name: a, url: 'https://example.com/s3cret', secrets: [whsec_s3cret], headers: {X: s3cret}}")
    assert "s3cret" not in f"{settings!r} {settings} {[settings]} {settings.endpoint()}"


def test_every_kind_has_a_sink_and_every_special_setting_a_kind() -> None:
    assert SINKS.keys() == TARGET.keys()
    assert OF_KIND.keys() <= set(EndpointSettings.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{name: a}", "a webhook needs `url`"),
        ("{name: a, kind: notify}", "a notify needs `urls`"),
        ("{name: a, kind: jsonl, url: 'https://x/'}", "a jsonl needs `path`"),
        ("{name: a, kind: webhok, url: 'https://x/'}", "kind 'webhok' is not known; there are webhook, alertmanager"),
        ("{name: a, kind: jsonl, path: x, secrets: [s3cret]}", "`secrets` means nothing for a jsonl"),
        ("{name: a, kind: alertmanager, url: 'https://x/', digest_s: 5}", "Alertmanager groups by itself"),
        ("{name: A b, url: 'https://x/'}", "name"),
        ("{name: 'a:b', url: 'https://x/'}", "name"),
        ("{name: a, url: example.com}", "begins with https://"),
        ("{name: a, url: 'https://x/', body: 5}", "`body` is a mapping, a list or a text"),
        ("{name: a, url: 'https://x/', allow: [everything]}", "neither a network like 10.1.0.0/16 nor host:port"),
        ("{name: a, url: 'https://x/', digest_s: -1}", "digest_s"),
        ("{name: a, url: 'https://x/', filter: {}}", "unknown key `filter`; did you mean `filters`"),
        ("{name: a, url: 'https://x/', filters: {severity: hihg}}", "hihg"),
        ("{name: a, url: 'https://x/', filters: {airports: [zkpy]}}", "airports"),
        ("{name: a, url: 'https://x/', filters: {events: [begun]}}", "begun"),
        ("{name: a, url: 'https://x/', quiet: {from: '24:00', to: '07:00'}}", "'24:00' is no time"),
        ("{name: a, url: 'https://x/', quiet: {from: '7:00', to: '22:00'}}", "'7:00' is no time"),
        ("{name: a, url: 'https://x/', quiet: {from: '07:00', to: '07:00'}}", "are the same"),
        ("{name: a, url: 'https://x/', quiet: {from: '07:00', to: '08:00', timezone: Paris}}", "no time zone 'Paris'"),
        ("{name: a, url: 'https://x/', quiet: {from: '07:00', to: '08:00', timezone: ../x}}", "no time zone '../x'"),
    ],
    ids=str,
)
def test_a_mistake_is_a_sentence_with_file_and_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert str(caught.value).startswith("detector.yaml:1: ")
    assert words in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_the_settings_are_described_field_by_field() -> None:
    from detector.settings.template import described

    summary, comments = described(EndpointSettings)
    assert summary == "Somewhere that alerts go."
    assert set(comments) == set(EndpointSettings.__struct_fields__)
    assert all(comments.values()), Path(__file__).name
