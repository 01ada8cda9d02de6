"""The command line: one file per command, found through the table below.

A command's module is imported only when that command is asked for, so `detector --help` stays fast. Whatever goes wrong
ends in one line on standard error and an exit status: 2 for usage or configuration, 1 for failed work, 130 for Ctrl-C.
`DETECTOR_DEBUG=1` shows the traceback as well.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from types import TracebackType
from typing import Annotated, NoReturn

import typer

from detector import __version__
from detector.domain.errors import DetectorError

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:function, what it does in one line)
    "replay": ("detector.cli.replay:replay", "Run recordings through the whole pipeline; a table of stops and alerts."),
    "alerts": (
        "detector.cli.alerts:commands",
        "List, show and export alerts of the last replay or of the service.",
    ),
    "verify": ("detector.cli.verify:verify", "Recompute an alert from its own evidence with pyModeS alone."),
    "run": ("detector.cli.run:run", "The service: live feeds, state, webhooks, health and metrics."),
    "record": ("detector.cli.record:record", "Write live feeds to a recording, with their heartbeats."),
    "reference": (
        "detector.cli.reference:commands",
        "Look up an airport, an aircraft, a listing; load newer tables.",
    ),
    "history": (
        "detector.cli.history:commands",
        "Stops of the past: take in replays and flight lists, and ask them.",
    ),
    "train": ("detector.cli.train:train", "Fit the model that scores stops."),
    "evaluate": ("detector.cli.evaluate:evaluate", "Judge that model against simple ways to rank stops; a report."),
    "check-config": ("detector.cli.check_config:check_config", "Validate settings, rules and lists."),
    "simulate": ("detector.cli.simulate:simulate", "Make a recording from a scenario."),
    "webhooks": ("detector.cli.webhooks:commands", "Test endpoints; list and resend what could not be delivered."),
}


INTERRUPTED = 130
"""The shell's word for Ctrl-C; typer gives it back without one of its own."""


def main() -> NoReturn:
    """The console script."""
    sys.excepthook = _report_defect
    sys.exit(status_of(sys.argv[1:]))


def status_of(args: Sequence[str]) -> int:
    """Run one command line (without the program's name) and give its exit status."""
    asked_for = next((arg for arg in args if not arg.startswith("-")), "")
    try:
        command = typer.main.get_command(_app(asked_for))
        # Not standalone: typer returns the status of `typer.Exit` and leaves every error to this function.
        status = command.main(args=list(args), prog_name="detector", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        usage = f"detector {asked_for} --help" if asked_for in COMMANDS else "detector --help"
        return _fail(f"{error.format_message()} ({usage} tells the usage)", error.exit_code, error)
    except DetectorError as error:
        return _fail(str(error), error.exit_status, error)
    except (KeyboardInterrupt, typer.Abort) as error:
        return _fail("interrupted", INTERRUPTED, error)
    except BrokenPipeError:
        # The reader of our output has seen enough (`| head`).
        _abandon_output()
        return 1
    except OSError as error:
        _abandon_output()
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", 1, error)
    if status == INTERRUPTED:
        return _fail("interrupted", INTERRUPTED, KeyboardInterrupt())
    return status if isinstance(status, int) else 0


def _app(asked_for: str) -> typer.Typer:
    """The application with the real command `asked_for`, and of every other command its line in the help."""
    app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})
    app.callback(invoke_without_command=True)(_detector)
    for name, (target, summary) in COMMANDS.items():
        command = _imported(target) if name == asked_for else _not_asked_for
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, short_help=summary)
        else:
            app.command(name, short_help=summary)(command)
    return app


def _imported(target: str) -> Callable[..., object] | typer.Typer:
    """The function of a command, or the commands of a group of them."""
    module, _, function = target.partition(":")
    command: Callable[..., object] | typer.Typer = getattr(import_module(module), function)
    return command


def _not_asked_for() -> None:
    """Stands in the help for a command whose module was not imported."""


def _detector(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Find unusual aircraft stops in raw Mode S, and say what was seen, inferred and unknown."""
    if version:
        typer.echo(f"detector {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def _fail(message: str, status: int, error: BaseException) -> int:
    """One line, whatever the message holds (a file name may have a line break or an escape sequence in it)."""
    if os.environ.get("DETECTOR_DEBUG") == "1":
        traceback.print_exception(error)
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in " ".join(message.split()))
    print(f"detector: {line}", file=sys.stderr)  # noqa: T201  the one place that tells the person of a failure
    return status


def _abandon_output() -> None:
    """Let what is still buffered go nowhere, or Python tries to write it again on its way out, and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_defect(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """An error that no one foresaw is a defect of this program: still one line, and Python leaves with status 1."""
    _fail(f"defect: {kind.__name__}: {error} (DETECTOR_DEBUG=1 shows where; please report it)", 1, error)
