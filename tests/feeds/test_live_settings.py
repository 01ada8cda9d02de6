"""What an entry of `feeds` in the settings may say."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from detector.domain.errors import ConfigError
from detector.feeds.live import FEEDS, live_feed
from detector.feeds.settings import FeedSettings
from detector.feeds.tcp import TcpFeed
from detector.settings.typed import structured
from detector.settings.yaml_tree import YamlTree

GOOD: dict[str, dict[str, Any]] = {
    "beast": {"host": "10.1.2.3", "clock": "gps", "lat": 43.6, "lon": -1.4, "height_ft": -50, "trust": "partner"},
    "avr": {"port": 47806, "receiver": 17},
    "sbs": {"host": "data.example.org", "clock": "arrival", "silent_after_s": 5},
    "beast-listen": {"host": "0.0.0.0", "port": 30104, "connections": 9},
    "readsb": {"url": "http://192.168.1.7/tar1090/data/aircraft.json", "poll_s": 1, "allow_private": True},
    "v2": {"url": "https://api.example.org/v2/point/43.6/1.4/250"},
    "opensky": {"client_id": "me", "client_secret_env": "SECRET", "bbox": [43.0, 1.0, 44.0, 2.0]},
}


def feed(**fields: Any) -> FeedSettings:
    """As read from a file."""
    return structured(YamlTree("detector.yaml", {"name": "roof"} | fields, {(): 1}), FeedSettings)


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_is_read(kind: str) -> None:
    settings = feed(kind=kind, **GOOD[kind])
    assert settings.kind == kind
    assert settings.raw == (kind in ("beast", "avr", "beast-listen"))


def test_every_kind_has_a_feed() -> None:
    assert FEEDS.keys() == GOOD.keys()
    made = live_feed(feed(kind="avr", receiver=17))
    assert isinstance(made, TcpFeed)
    assert (made.name, made.receiver, made.raw, made.rejects.counts) == ("roof", 17, True, {})


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"kind": "beast", "url": "http://a/"}, "url goes with an HTTP feed"),
        ({"kind": "avr", "poll_s": 2}, "poll_s goes with an HTTP feed"),
        ({"kind": "sbs", "allow_private": True}, "allow_private goes with an HTTP feed"),
        ({"kind": "v2", "url": "https://a/", "host": "b"}, "host goes with a TCP feed"),
        ({"kind": "readsb", "url": "https://a/", "clock": "arrival"}, "clock goes with a TCP feed"),
        ({"kind": "readsb"}, "needs a url"),
        ({"kind": "v2", "url": ""}, "needs a url"),
        ({"kind": "beast-listen"}, "needs a port"),
        ({"kind": "beast", "connections": 3}, "connections goes with beast-listen"),
        ({"kind": "avr", "clock": "gps"}, "clock gps goes with Beast"),
        ({"kind": "sbs", "clock": "12mhz"}, "clock 12mhz goes with Beast"),
        ({"kind": "beast", "host": "a:30005"}, "no name or address"),
        ({"kind": "beast", "host": "http://a"}, "no name or address"),
        ({"kind": "beast", "host": "a..b"}, "no name or address"),
        ({"kind": "beast", "host": "a" * 64}, "no name or address"),
        ({"kind": "beast", "host": "a\0b"}, "no name or address"),
        ({"kind": "beast", "host": ""}, "no name or address"),
        ({"kind": "beast", "lat": 1.0}, "all of lat, lon and height_ft"),
        ({"kind": "beast", "lat": 1.0, "lon": 1.0}, "all of lat, lon and height_ft"),
        ({"kind": "beast", "receiver": 2**64}, "64 bits"),
        ({"kind": "beast", "bbox": [1, 2, 3, 4]}, "bbox goes with opensky"),
        ({"kind": "opensky", "bbox": [44, 1, 43, 2]}, "south is not below its north"),
        ({"kind": "opensky", "client_id": "me"}, "client_id goes with"),
        ({"kind": "opensky", "client_secret_env": "S"}, "client_id goes with"),
        (
            {"kind": "opensky", "client_id": "me", "client_secret_env": "S", "client_secret_file": "/s"},
            "not both",
        ),
        ({"kind": "beats"}, "beats"),
        ({"kind": "beast", "name": "the roof"}, "name"),
        ({"kind": "beast", "port": 0}, "port"),
        ({"kind": "beast", "silent_after_s": 0}, "silent_after_s"),
        ({"kind": "beast", "sillent_after_s": 9}, "did you mean `silent_after_s`"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        feed(**fields)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "a", "a.example.org", "192.168.0.1", "::1", "fe80::1%eth0", "my_host"])
def test_names_and_addresses_are_hosts(host: str) -> None:
    assert feed(kind="beast", host=host).tcp_address == (host, 30005)


def test_the_number_of_a_feed_comes_from_its_name_and_is_above_those_of_files() -> None:
    assert feed(kind="beast").number == 2**32 + zlib.crc32(b"roof")
    assert feed(kind="beast", receiver=3).number == 3


def test_raw_feeds_are_our_own_and_others_public_unless_told() -> None:
    assert [feed(kind=kind, **{"url": "http://a/"} if kind == "v2" else {}).trust_class for kind in ("avr", "v2")] == [
        "own",
        "public",
    ]
    assert feed(kind="sbs", trust="own").trust_class == "own"
