"""Promises of every command: one line for an error, the right exit status, no traceback, a quick `--help`."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import types

import pytest
import typer

from detector import __version__, cli
from detector.domain.errors import ConfigError, InputError, OutputError, StoreError, UsageError


def run(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detector", *arguments]
    environment = {**os.environ, **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A command `fail` whose function the test sets: `failing.fail = ...`."""
    module = types.ModuleType("failing")
    monkeypatch.setitem(sys.modules, "failing", module)
    monkeypatch.setitem(cli.COMMANDS, "fail", ("failing:fail", "Fails."))
    return module


def raising(error: BaseException) -> object:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (UsageError("choose one"), 2, "detector: choose one"),
        (ConfigError("a.yaml:3: unknown key"), 2, "detector: a.yaml:3: unknown key"),
        (InputError("x: is a directory"), 1, "detector: x: is a directory"),
        (StoreError("gone"), 1, "detector: gone"),
        (OutputError("two\nlines"), 1, "detector: two lines"),
        (InputError("evil\x1b[31m name"), 1, r"detector: evil\x1b[31m name"),
        (
            typer.BadParameter("not a date"),
            2,
            "detector: Invalid value: not a date (detector fail --help tells the usage)",
        ),
    ],
)
def test_an_error_is_one_line_and_a_status(
    failing: types.ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, status: int, line: str
) -> None:
    vars(failing)["fail"] = raising(error)
    assert cli.status_of(["fail"]) == status
    captured = capsys.readouterr()
    assert captured.err == line + "\n"
    assert captured.out == ""


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "detector: interrupted\n"),
        (typer.Abort(), 130, "detector: interrupted\n"),
        (typer.Exit(3), 3, ""),
    ],
)
def test_an_interruption_is_said_in_a_word(
    failing: types.ModuleType, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, said: str
) -> None:
    vars(failing)["fail"] = raising(error)
    assert cli.status_of(["fail"]) == status
    assert capsys.readouterr().err == said


def test_a_full_disk_is_one_line(
    failing: types.ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_abandon_output", lambda: None)  # it gives up the descriptor that pytest reads
    vars(failing)["fail"] = raising(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.jsonl"))
    assert cli.status_of(["fail"]) == 1
    assert capfd.readouterr().err == "detector: out.jsonl: No space left on device\n"


@pytest.mark.parametrize("arguments", [["--unknown"], ["unknown"], ["replay", "--unknown"]])
def test_wrong_usage_is_one_line_and_status_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = types.ModuleType("stands_in")
    vars(module)["replay"] = raising(AssertionError("it ran"))
    monkeypatch.setitem(sys.modules, "stands_in", module)
    monkeypatch.setitem(cli.COMMANDS, "replay", ("stands_in:replay", ""))
    assert cli.status_of(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("detector: No such ")
    assert captured.err.count("\n") == 1
    assert "--help" in captured.err


DEFECT = """
import sys, types
from detector import cli
sys.modules["broken"] = module = types.ModuleType("broken")
def broken() -> None:
    raise KeyError("nobody foresaw")
module.broken = broken
cli.COMMANDS["broken"] = ("broken:broken", "")
sys.argv = ["detector", "broken"]
cli.main()
"""


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_defect_shows_its_traceback_only_when_asked(debug: str) -> None:
    environment = {**os.environ, "DETECTOR_DEBUG": debug}
    command = [sys.executable, "-c", DEFECT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("detector: defect: KeyError: 'nobody foresaw'")
    assert ("Traceback" in done.stderr) == bool(debug)
    assert (done.stderr.count("\n") == 1) == (not debug)


def test_a_pipe_that_closes_and_a_full_device_end_without_a_complaint_of_python() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed, open("/dev/full", "w", encoding="utf-8") as full:
        for output, line in ((closed, ""), (full, "detector: No space left on device\n")):
            command = [sys.executable, "-m", "detector", "--help"]
            done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
            assert (done.returncode, done.stderr) == (1, line)


def test_help_lists_every_command_and_imports_none() -> None:
    program = (
        "import sys; from detector.cli import status_of; assert status_of(['--help']) == 0\n"
        "print('IMPORTED', [n for n in sys.modules if n in ('numpy', 'scipy', 'redis', 'msgspec', 'yaml', 'pyModeS')\n"
        "    or n.startswith('detector.') and n.split('.')[1] not in ('cli', 'domain')\n"
        "    or n.startswith('detector.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    shown, _, imported = done.stdout.partition("IMPORTED ")
    assert [name for name in cli.COMMANDS if name not in shown] == []
    assert imported == "[]\n"


def test_version_and_no_command_at_all() -> None:
    version = run("--version")
    assert (version.returncode, version.stdout) == (0, f"detector {__version__}\n")
    nothing = run()
    assert nothing.returncode == 2
    assert "Usage" in nothing.stdout


def test_every_command_of_the_table_is_there() -> None:
    for name in cli.COMMANDS:
        done = run(name, "--help")
        assert (done.returncode, done.stderr) == (0, ""), name
        assert name in done.stdout
