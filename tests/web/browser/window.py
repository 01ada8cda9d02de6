"""A browser window in which everything that must not happen is noted: dialogs, errors, requests to other hosts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.debian import chromium

SHOTS = Path(__file__).parents[3] / "build" / "screenshots"
DESKTOP = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
GUARD_MS = 20_000


@dataclass
class Window:
    """One page. `wrong`: what happened that must not; `asked`: the addresses of all requests."""

    page: Page
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def shot(self, name: str, *, whole: bool = False) -> None:
        """Kept as build/screenshots/NAME.png."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)

    def value(self, script: str) -> Any:
        """What a script tells; it may await."""
        return self.page.evaluate(script)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Debian's, without a window on any screen."""
    program, environment = chromium()
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env=dict(environment))
        try:
            yield one
        finally:
            one.close()


@contextlib.contextmanager
def window(browser: Browser, url: str, look: dict[str, Any] | None = None, **more: Any) -> Iterator[Window]:
    """A window of its own, for pages of `url` alone. On leaving, nothing wrong may have happened in it."""
    context = browser.new_context(base_url=url, **(DESKTOP | (look or {}) | more))
    context.set_default_timeout(GUARD_MS)
    page = context.new_page()
    one = Window(page, context)
    home = urlsplit(url).netloc

    def ask(route: Route) -> None:
        one.asked.append(route.request.url)
        if urlsplit(route.request.url).netloc != home:
            one.wrong.append(f"request to {route.request.url}")
            route.abort()
        else:
            route.continue_()

    def dismissed(dialog: Any) -> None:
        one.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.route("**/*", ask)
    page.on(
        "console", lambda said: one.wrong.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: one.wrong.append(f"error: {error}"))
    page.on("dialog", dismissed)
    page.on("popup", lambda _: one.wrong.append("a window was opened"))
    try:
        yield one
    finally:
        context.close()
    assert one.wrong == []
