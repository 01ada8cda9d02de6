"""Progress of work that goes in named steps, on standard error, where a person looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from detector.cli import tables


@contextmanager
def steps(*, shown: bool) -> Iterator[Callable[[str, float], None]]:
    """What is to be called with (what is done, share of it that is done)."""
    console = tables.console(stderr=True)
    if not (shown and console.is_terminal):
        yield lambda _what, _share: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)
