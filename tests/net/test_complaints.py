"""What can be said of a URL before anything is looked up."""

from __future__ import annotations

import pytest

from detector.net.addresses import PRIVATE_NETWORKS
from detector.net.guard import Allowed, complaint

NONE = Allowed()
STATION = Allowed.of(PRIVATE_NETWORKS)


@pytest.mark.parametrize(
    ("url", "allowed", "words"),
    [
        ("https://127.0.0.1/", NONE, "loopback"),
        ("https://localhost/", NONE, "loopback"),
        ("https://LOCALHOST./", NONE, "loopback"),
        ("http://here.localhost:9093/", Allowed.of(["localhost:9093"]), "loopback"),
        ("http://localhost:9093/", Allowed.of(["localhost:9094"]), "loopback"),
        ("http://localhost/", Allowed.of(["10.0.0.0/8"]), "loopback"),
        ("https://169.254.169.254/", STATION, "metadata"),
        ("http://example.org/", NONE, "asked by https"),
        ("http://example.org/", Allowed.of(["example.org:8080"]), "asked by https"),
        ("http://8.8.8.8/", STATION, "asked by https"),
    ],
)
def test_what_would_be_refused_is_told_beforehand(url: str, allowed: Allowed, words: str) -> None:
    found = complaint(url, allowed)
    assert found is not None
    assert words in found.why
    assert found.plain is ("https" in words)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/", NONE),
        ("https://8.8.8.8/", NONE),
        ("http://localhost:9093/", Allowed.of(["localhost:9093"])),
        ("http://localhost/", Allowed.of(["127.0.0.1"])),
        ("http://localhost/", Allowed.of(["::1"])),
        ("http://10.1.2.3/", Allowed.of(["10.0.0.0/8"])),
        ("http://receiver.lan/", STATION),
        ("http://alerts.lan:8080/", Allowed.of(["alerts.lan:8080"])),
        ("http://8.8.8.8/", Allowed.of(["8.8.8.8"])),
    ],
)
def test_what_may_be_asked_or_only_a_look_up_can_tell_is_let_pass(url: str, allowed: Allowed) -> None:
    assert complaint(url, allowed) is None


@pytest.mark.parametrize("url", ["http://example.org/", "http://8.8.8.8/"])
def test_plain_http_may_be_allowed_but_does_not_open_what_is_private(url: str) -> None:
    assert complaint(url, NONE, plain_http=True) is None
    assert complaint("http://localhost/", NONE, plain_http=True) is not None
    assert complaint("http://10.1.2.3/", NONE, plain_http=True) is not None
