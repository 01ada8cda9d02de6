"""URLs are read strictly, and in one way."""

from __future__ import annotations

import pytest

from detector.net.errors import ExchangeError, Failure
from detector.net.urls import Url, parse


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com", Url("https", "example.com", 443, "/")),
        ("HTTPS://Example.COM./a?b=c#d", Url("https", "example.com", 443, "/a?b=c")),
        ("http://127.0.0.1:8080/data", Url("http", "127.0.0.1", 8080, "/data")),
        ("https://[2606:4700:0::1]:444?q", Url("https", "2606:4700::1", 444, "/?q")),
        ("https://bücher.example/x", Url("https", "xn--bcher-kva.example", 443, "/x")),
        ("https://alert_manager:9093/", Url("https", "alert_manager", 9093, "/")),
    ],
)
def test_a_url_is_its_scheme_host_port_and_target(text: str, url: Url) -> None:
    assert parse(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https:/example.com",
        "https:///path",
        "https://?q",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://example.com:99999/",
        "https://example.com:-1/",
        "https://example.com:٤٤٣/",
        "https://example.com/a b",
        "https://example.com/\r\nHost: other",
        "https://exa\x00mple.com/",
        "https://-a.example/",
        "https://a..example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://[::1/",
        "https://::1/",
        "https://example.com/ä",
        "https://1.2.3/",
        "https://example.0x1/",
    ],
)
def test_what_is_not_plainly_a_url_is_refused(text: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        parse(text)
    assert raised.value.kind is Failure.REQUEST


def test_a_message_about_a_url_does_not_tell_its_path() -> None:
    assert parse("https://hooks.example/secret?token=1").where == "hooks.example:443"


def test_a_host_header_has_the_port_only_where_it_is_unusual() -> None:
    texts = ("https://a.example/", "https://a.example:80/", "http://a.example:80/", "http://[2606:4700::1]:81/")
    headers = [parse(text).host_header for text in texts]
    assert headers == ["a.example", "a.example:80", "a.example", "[2606:4700::1]:81"]
