"""One event, one line, and nothing in it that a terminal or a log reader would obey."""

from __future__ import annotations

import io
import json

import pytest

from detector.service.log import json_log

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
