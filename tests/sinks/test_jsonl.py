from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from detector.alerting.outcome import Outcome
from detector.domain.errors import ConfigError
from detector.domain.wire import alert_line
from detector.sinks import Sink, open_sink
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from detector.sinks.settings import EndpointSettings
from tests.alerting.alerts import NOW, alert
from tests.sinks.test_webhook import entry

LINE = alert_line(alert())


def sink(folder: Path, path: str = "alerts.jsonl") -> Sink:
    return open_sink(EndpointSettings(name="file", kind="jsonl", path=path), Means(folder=folder))


def sent(folder: Path, **endpoint: object) -> Outcome:
    return asyncio.run(sink(folder).send(entry(**endpoint), NOW))


def test_an_alert_is_a_line_as_a_replay_writes_it(tmp_path: Path) -> None:
    assert sent(tmp_path).kind == "delivered"
    assert (tmp_path / "alerts.jsonl").read_bytes() == LINE + b"\n"


def test_what_is_there_already_is_not_added_again_also_after_a_restart(tmp_path: Path) -> None:
    sent(tmp_path)
    assert sent(tmp_path).kind == "delivered"
    assert sent(tmp_path, digest_s=5.0).kind == "delivered"
    assert (tmp_path / "alerts.jsonl").read_bytes() == LINE + b"\n" + alert_line(alert("alert-b")) + b"\n"


@pytest.mark.parametrize("cut", [1, 3, 30, len(LINE) - 1, len(LINE)])
def test_a_line_that_broke_off_in_a_crash_is_written_anew(tmp_path: Path, cut: int) -> None:
    (tmp_path / "alerts.jsonl").write_bytes(b'{"other":"line"}\n' + LINE[:cut])
    sent(tmp_path)
    assert (tmp_path / "alerts.jsonl").read_bytes() == b'{"other":"line"}\n' + LINE + b"\n"


def test_the_last_line_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "alerts.jsonl").write_bytes(b"no newline at the end")
    sent(tmp_path)
    assert (tmp_path / "alerts.jsonl").read_bytes() == b"no newline at the end\n" + LINE + b"\n"


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    file = sink(tmp_path)
    asyncio.run(file.send(entry(), NOW))
    (tmp_path / "alerts.jsonl").rename(tmp_path / "alerts.jsonl.1")
    asyncio.run(file.send(entry(digest_s=5.0), NOW))
    assert (tmp_path / "alerts.jsonl").read_bytes().count(b"\n") == 2


def test_a_full_disk_leaves_whole_lines_and_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alerts.jsonl").write_bytes(b'{"other":"line"}\n')
    write = os.write

    def little(file: int, content: bytes) -> int:
        return write(file, content[:10])

    monkeypatch.setattr(os, "write", little)
    outcome = sent(tmp_path)
    assert (outcome.kind, "only a part" in outcome.reason) == ("retry", True)
    monkeypatch.undo()
    assert (tmp_path / "alerts.jsonl").read_bytes() == b'{"other":"line"}\n'


def test_a_test_only_tries_whether_the_file_can_be_written(tmp_path: Path) -> None:
    assert asyncio.run(sink(tmp_path).send(trial_message("file", NOW), NOW)).kind == "delivered"
    assert (tmp_path / "alerts.jsonl").read_bytes() == b""


@pytest.mark.parametrize("path", [".", "none/alerts.jsonl"])
def test_a_path_that_cannot_be_a_file_is_an_error_at_the_start(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="endpoint file: path: "):
        sink(tmp_path, path)
