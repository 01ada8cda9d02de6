from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from detector.domain.errors import ConfigError
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from tests.alerting.alerts import NOW, alert
from tests.sinks.receiver import Receiver, Request, sink_to
from tests.sinks.test_webhook import entry

NASTY = 'quo"te \\ back\n\u2028 </script> ${id} $$ é'


def filled(body: Any, message: Any = None, means: Means | None = None, **settings: Any) -> Request:
    receiver = Receiver()

    async def send() -> None:
        async with receiver.listening():
            await sink_to(receiver, means, body=body, **settings).send(message or entry(), NOW)

    asyncio.run(send())
    return receiver.requests[0]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"text": "Stop at ${stop.airport} (${stop.country})"}, {"text": "Stop at ZZZZ (ZZ)"}),
        (
            {"topic": "stops", "priority": 4, "message": "${severity}"},
            {"topic": "stops", "priority": 4, "message": "high"},
        ),
        (
            {"chat_id": -100, "text": "${title}"},
            {"chat_id": -100, "text": "High: Ilyushin Il-62 TEST (nobody, TEST1) at Nowhere (ZZZZ, ZZ), opened"},
        ),
        ({"level": "${stop.level}", "words": "level ${stop.level}"}, {"level": 3, "words": "level 3"}),
        ({"all": "${stop.landed}"}["all"], None),
        ({"reason": "${stop.findings.0.rule}", "near": "${journey.0.near}"}, {"reason": "test", "near": "nowhere"}),
        ({"a": ["${id}", {"b": "${message.id}"}]}, {"a": ["alert-a", {"b": "alert-a.1"}]}),
        ({"why": "${stop.retraction|not taken back}"}, {"why": "not taken back"}),
        ({"why": "${stop.retraction}", "text": "(${stop.retraction})"}, {"why": None, "text": "()"}),
        ({"cost": "$$5, $${id}"}, {"cost": "$5, ${id}"}),
    ],
    ids=str,
)
def test_a_body_is_filled_and_becomes_json(body: Any, sent: Any) -> None:
    request = filled(body)
    if sent is None:
        assert request.headers["content-type"] == "text/plain; charset=utf-8"
        assert json.loads(request.body)["observed"] is False
    else:
        assert request.headers["content-type"] == "application/json"
        assert json.loads(request.body) == sent


def test_no_value_breaks_out_of_its_string_or_is_filled_again() -> None:
    from detector.alerting.outbox import Outbox
    from detector.alerting.routing import Endpoint

    box = Outbox([Endpoint("hook")])
    box.offer([alert(operator=NASTY)], NOW)
    message = box.next_due("hook", NOW)
    assert json.loads(filled({"text": "by ${stop.operator}"}, message).body) == {"text": f"by {NASTY}"}
    header = filled(None, message, headers={"X-By": "${stop.operator}"}).headers
    assert header["x-by"] == 'quo"te \\ back   </script> ${id} $$ Ã©'  # UTF-8, which this receiver reads as Latin-1
    assert not {"</script>", "webhook-x"} & set(header)


def test_headers_are_filled_also_from_the_environment() -> None:
    means = Means(environ={"TOKEN": "s3cret"})
    headers = {"Authorization": "Bearer ${env.TOKEN}", "Title": "${stop.airport}", "Content-Type": "text/x"}
    request = filled(None, means=means, headers=headers)
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["title"] == "ZZZZ"
    assert request.headers["content-type"] == "text/x"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"body": {"text": "${stop.airprt}"}},
            r"body: no alert has \$\{stop.airprt\}; did you mean \$\{stop.airport\}",
        ),
        ({"body": {"text": "${stop.airprt|none}"}}, "no alert has"),
        ({"body": "costs $5"}, "no placeholder"),
        ({"body": "$id"}, "no placeholder"),
        ({"body": "${id"}, "no placeholder"),
        ({"body": "${}"}, "no placeholder"),
        ({"body": "${stop.airport}", "digest_s": 60.0}, "no alert has"),
        ({"body": "${env.TOKEN}"}, "no alert has"),
        ({"headers": {"X-A": "${nothing}"}}, "headers: X-A: no alert has"),
        ({"headers": {"X-A": "${env.TOKEN}"}}, "headers: X-A: the environment has no TOKEN"),
        ({"headers": {"Webhook-Id": "1"}}, "set by the program"),
        ({"headers": {"Bad Name": "1"}}, "no name of a header"),
        ({"url": "https://example.com/${env.TOKEN}"}, "the environment has no TOKEN"),
        ({"url": "https://user:password@example.com/"}, "no URL that can be asked"),
    ],
    ids=str,
)
def test_what_cannot_be_filled_is_an_error_at_the_start(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=f"endpoint hook: .*{words}") as caught:
        sink_to(Receiver(), None, **settings)
    assert "password" not in str(caught.value).replace("a password; write", "")


def test_a_digest_has_words_for_all_that_is_in_it() -> None:
    sent = json.loads(filled({"text": "${title}\n${summary}"}, entry(digest_s=60.0), digest_s=60.0).body)["text"]
    assert sent.splitlines()[0] == "2 news of unusual stops"
    assert len(sent.splitlines()) == 3


def test_the_summary_says_what_when_how_sure_and_why() -> None:
    sent = json.loads(filled({"text": "${summary}"}, trial_message("hook", NOW)).body)["text"]
    assert sent == (
        "High: Ilyushin Il-62 TEST (nobody, TEST1) at Nowhere (ZZZZ, ZZ), opened. "
        "landed between 2024-11-07 02:19 and 2024-11-07 02:21, "
        "left between 2024-11-07 03:09 and 2024-11-07 03:11 UTC. Level 3 (inferred). "
        "This is a test: the stop never happened."
    )
