from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

# Tables that a person has loaded on this machine are no part of what is tested, nor is what they keep there.
_EMPTY = tempfile.TemporaryDirectory(prefix="detector-tests-")
os.environ["DETECTOR_STATE_DIR"] = _EMPTY.name

# Two workers share a small machine: how long an example takes says nothing about the code. The examples are the same in
# every run, so that what passed on one machine passes on the next; `make soak` draws new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, for a diff to be read")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: the text is what tests/golden/NAME says (or becomes it, with --update-golden)."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: `make golden` writes it"
        expected = path.read_text(encoding="utf-8")
        diff = difflib.unified_diff(expected.splitlines(), text.splitlines(), "golden", "now", lineterm="")
        assert text == expected, "\n".join([f"{path.name} differs; if that is right, `make golden`:", *diff])

    return check
