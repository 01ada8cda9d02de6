"""What receivers do, and what becomes of the message then. Each line of the tables is a test of its own."""

from __future__ import annotations

import asyncio

import pytest

from detector.sinks import answers
from detector.sinks.answers import retry_after_s
from detector.sinks.sample import trial_message
from tests.sinks.receiver import NOW, Receiver, endless, http, sent_once, sink_to

STATUSES = {
    **dict.fromkeys([200, 201, 202, 204], "delivered"),
    **dict.fromkeys([301, 302, 303, 304, 307, 308], "retry"),
    **dict.fromkeys([400, 401, 403, 404, 405, 406, 409, 411, 413, 414, 415, 422, 426, 431, 451], "dead"),
    **dict.fromkeys([408, 425, 429], "retry"),
    410: "gone",
    **dict.fromkeys([500, 501, 502, 503, 504, 507, 511, 599], "retry"),
}


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_each_status(status: int, kind: str) -> None:
    body = b"" if status in (204, 304) else b"because"
    outcome = sent_once(Receiver([http(status, body, "Location: https://example.com/")]))
    assert outcome.kind == kind
    if kind != "delivered":
        assert str(status) in outcome.reason


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("86400", 86_400.0),
        ("86401", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Thu, 07 Nov 2024 04:02:00 GMT", 120.0),
        ("Thursday, 07-Nov-24 04:02:00 GMT", 120.0),
        ("Thu Nov  7 04:02:00 2024", 120.0),
        ("Thu, 07 Nov 2024 05:02:00 +0100", 120.0),
        ("Thu, 07 Nov 2024 03:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
        ("Thu, 07 Nov 99999999 03:00:00 GMT", None),
        ("Thu, 77 Nov 2024 03:00:00 GMT", None),
        ("120, 240", None),
    ],
)
def test_each_form_of_retry_after(asked: str, seconds: float | None) -> None:
    assert retry_after_s(asked, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read_from_the_answer(status: int) -> None:
    assert sent_once(Receiver([http(status, b"", "Retry-After: 120")])).retry_after_s == 120.0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "connect"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "protocol"),
        (b"HTTP/1.1 2OO OK\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200", "protocol"),
        (b"\x00\xff" * 40, "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", "protocol"),
    ],
    ids=["reset", "no HTTP", "no number", "breaks off", "bytes", "header without end"],
)
def test_what_is_no_answer_is_tried_again(answer: bytes | None, reason: str) -> None:
    outcome = sent_once(Receiver([answer]))
    assert (outcome.kind, outcome.status) == ("retry", None)
    assert outcome.reason.startswith((reason, "connect"))


def test_a_receiver_that_hangs_is_given_up_in_time_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers.TIMEOUT_S == 15.0
    monkeypatch.setattr(answers, "TIMEOUT_S", 0.2)
    outcome = sent_once(Receiver([b""]))
    assert outcome.kind == "retry"
    assert outcome.reason.startswith("timeout")


def test_of_ten_gigabytes_no_more_than_the_beginning_is_read() -> None:
    receiver = Receiver([lambda: endless(10)])
    outcome = sent_once(receiver)
    assert (outcome.kind, outcome.status) == ("retry", 500)
    assert outcome.reason == "HTTP 500: " + "x" * 200
    assert receiver.sent < 20_000_000


def test_what_the_receiver_says_is_shown_short_and_on_one_line() -> None:
    outcome = sent_once(Receiver([http(400, b"no\r\n\x1b[2Jsuch \xff topic" + b"!" * 900)]))
    assert outcome.reason.startswith("HTTP 400: no   [2Jsuch � topic!!!")
    assert len(outcome.reason) == len("HTTP 400: ") + 200
    assert outcome.reason.isprintable()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_metadata_service_is_not_followed(status: int) -> None:
    receiver = Receiver([http(status, b"", "Location: http://169.254.169.254/latest/meta-data/")])
    outcome = sent_once(receiver)
    assert outcome.kind == "retry"
    assert outcome.reason.startswith("redirect")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.1/hook", "http://100.64.0.1:8080/"],
)
def test_a_private_target_that_is_not_allowed_is_dead_at_once_with_its_reason(url: str) -> None:
    async def send() -> object:
        return await sink_to(Receiver(), url=url).send(trial_message("hook", NOW), NOW)

    outcome = asyncio.run(send())
    assert outcome.kind == "dead"  # type: ignore[attr-defined]
    assert outcome.reason.startswith("refused_address: ")  # type: ignore[attr-defined]


def test_a_port_that_nobody_listens_on_is_tried_again() -> None:
    outcome = sent_once(Receiver(), url="http://127.0.0.1:9/", allow=("127.0.0.1",))
    assert outcome.kind == "retry"
    assert outcome.reason.startswith("connect")
