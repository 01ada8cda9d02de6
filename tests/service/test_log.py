"""One event, one line, and nothing in it that a terminal or a log reader would obey."""

from __future__ import annotations

import contextlib
import io
import json
import os

import pytest

from detector.service.log import BackgroundStream, json_log

HOSTILE = ["a\nb", 'a\r\n{"level":"info"}', "\x1b[31mred", "\u2028x", "\u202efdp", "\x7f\x00\x9b", "<script>", "é"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_leaves_its_line_or_is_written_as_it_is(text: str) -> None:
    stream = io.StringIO()
    json_log(stream).warning("feed lost", feed=text, reason=text)
    written = stream.getvalue()
    assert written.endswith("\n")
    assert written.count("\n") == 1
    assert all(" " <= character <= "~" for character in written[:-1])
    told = json.loads(written)
    assert (told["level"], told["event"], told["feed"], told["reason"]) == ("warning", "feed lost", text, text)
    assert list(told)[:3] == ["at", "level", "event"]


def test_a_stream_that_nobody_reads_any_more_is_no_error() -> None:
    stream = io.StringIO()
    stream.close()
    json_log(stream).error("still here")


def test_a_reader_that_has_stopped_reading_holds_nobody_up() -> None:
    reader, writer = os.pipe()
    with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "w") as stuck:
        background = BackgroundStream(stuck)
        log = json_log(background)
        for number in range(30_000):
            log.info("a line that nobody reads", number=number, filling="x" * 50)
        assert background.dropped > 0
        os.close(reader)


def test_no_standard_error_is_no_error() -> None:
    background = BackgroundStream(None)
    json_log(background).info("said to nobody")
    background.close()


def test_what_was_said_before_the_end_is_written() -> None:
    stream = io.StringIO()
    background = BackgroundStream(stream)
    json_log(background).info("last words")
    background.close()
    assert "last words" in stream.getvalue()
