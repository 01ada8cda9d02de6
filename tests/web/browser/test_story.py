"""The Pyongyang story in a running service among 1,000 other aircraft, as a newsroom sees it in a browser."""

from __future__ import annotations

import contextlib
import io
import json
import time
import zipfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.web.browser.past import FIRST, SECOND
from tests.web.browser.site import Site
from tests.web.browser.window import PHONE, Window, browser, window

CROWD = 1_000
OPENS_IN_S = (38.0, 120.0)
"""The service needs some 15 s to take up its past, the browser some to open the page before; a busy machine more."""
CASE_PARTS = (
    "map",
    "profile",
    "facts",
    "unknown",
    "checks",
    "revisions",
    "journey",
    "identity",
    "listings",
    "evidence",
)


def test_the_story_is_told_as_it_happens_and_its_case_is_complete(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        for opens_in_s in OPENS_IN_S:
            folder = tmp_path / f"{opens_in_s:.0f}"
            folder.mkdir()
            site = stack.enter_context(Site(folder, aircraft=CROWD, opens_in_s=opens_in_s))
            site.until_heard(CROWD)
            if SECOND not in [a["stop"]["icao24"] for a in site.json("/alerts")["items"]]:
                break
            stack.close()  # it had opened before anybody could see it
        chromium = stack.enter_context(browser())
        with window(chromium, site.url) as one:
            an_alert_appears_without_reload(one)
            what_is_typed_finds_the_aircraft(one)
            filters_leave_what_fits(one)
            the_past_is_shown_where_it_was(one, site)
        the_switch_of_colours_is_remembered(chromium, site)
        with window(chromium, site.url, PHONE) as one:
            a_phone_shows_all_of_it(one)
        alert = next(a for a in site.json("/alerts")["items"] if a["stop"]["icao24"] == FIRST)
        with window(chromium, site.url) as one:
            a_case_is_complete(one, alert)
            its_files_can_be_taken(one, alert)
        with window(chromium, site.url, java_script_enabled=False) as one:
            a_case_needs_no_script(one, alert)
        for name, look in (("dark", {"color_scheme": "dark"}), ("phone", PHONE)):
            with window(chromium, site.url, look) as one:
                one.page.goto(f"/cases/{alert['id']}")
                fits_the_screen(one)
                one.shot(f"case-{name}", whole=True)


def an_alert_appears_without_reload(one: Window) -> None:
    page = one.page
    page.goto("/")
    expect(page.locator("#alerts button")).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("1 of 1 feeds")
    one.value("window.opened = true")
    first = page.locator("#alerts button").first
    expect(first).to_contain_text("RA-86646", timeout=90_000)
    expect(page.locator("#announce")).to_contain_text("New alert: RA-86646")
    expect(first).to_contain_text("level 2, inferred")
    assert one.value("window.opened") is True, "the page was loaded again"
    assert _aircraft(one) >= CROWD
    assert _state(one, "[...state.fields.values()].filter((f) => f.listed).length") > 50
    one.shot("map-light")
    first.click()
    expect(page.locator("#selected")).to_contain_text("Sunan International Airport")
    expect(page.locator("#selected a")).to_have_attribute("href", f"/cases/{first.get_attribute('data-alert')}")
    page.wait_for_timeout(800)  # until the map has come to rest
    one.shot("map-alert")
    page.keyboard.press("Escape")
    expect(page.locator("#selected")).to_be_hidden()


def what_is_typed_finds_the_aircraft(one: Window) -> None:
    page = one.page
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("rff7092")
    expect(page.locator("#found li").first).to_contain_text("RA-86572")
    page.keyboard.press("Enter")
    expect(page.locator("#selected h2")).to_contain_text("RA-86572 (IL62)")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("crw0042")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#figures")).to_contain_text("CRW0042")
    expect(page.locator("#figures")).to_contain_text("000 ft")
    page.wait_for_timeout(700)
    one.shot("map-aircraft")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("OSDI")
    page.keyboard.press("Enter")
    page.wait_for_timeout(700)
    assert _state(one, "state.fields.has('OSDI')")


def filters_leave_what_fits(one: Window) -> None:
    page, alerts = one.page, one.page.locator("#alerts button")
    expect(alerts).to_have_count(2)
    page.get_by_label("medium").uncheck()
    expect(alerts).to_have_count(1)
    page.get_by_label("medium").check()
    page.get_by_label("Rule").select_option("short_turnaround")
    expect(alerts).to_have_count(1)
    page.get_by_label("Rule").select_option("")
    page.get_by_label("Text").fill("no such words")
    expect(page.locator("#alerts")).to_contain_text("None that fits.")
    page.get_by_label("Text").fill("86646")
    expect(alerts).to_have_count(1)
    page.get_by_label("Text").fill("")
    alerts.first.focus()
    page.keyboard.press("ArrowDown")
    expect(alerts.nth(1)).to_be_focused()


def the_past_is_shown_where_it_was(one: Window, site: Site) -> None:
    """On its way across Russia, when none of the crowd was heard yet."""
    page = one.page
    points = site.json(f"/aircraft/{FIRST}/track?since={time.time() - 20_000.0}")["points"]
    at = points["at"][0] + 1.0
    page.locator("#alerts button", has_text="RA-86572").click()
    expect(page.locator("#selected h2")).to_contain_text("RA-86572")
    page.wait_for_timeout(700)
    slider = page.locator("#slider")
    slider.evaluate("(e, at) => { e.value = String(at); e.dispatchEvent(new Event('input')); }", at)
    expect(page.locator("#now")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(1_000)
    shown = _state(one, f"[state.past?.size, state.past?.get('{FIRST}')?.longitude_deg]")
    assert shown[0] < 10
    assert abs(shown[1] - points["longitude_deg"][0]) < 0.1
    one.shot("map-past")
    page.get_by_role("button", name="Live").click()
    page.keyboard.press("Escape")
    assert _state(one, "state.at") is None


def the_switch_of_colours_is_remembered(chromium: Browser, site: Site) -> None:
    with window(chromium, site.url, color_scheme="dark") as one:
        page = one.page
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("#alerts button")).to_have_count(2)
        page.wait_for_timeout(1_500)
        one.shot("map-dark")
        page.get_by_role("button", name="Dark or light colours").click()
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")


def a_phone_shows_all_of_it(one: Window) -> None:
    page = one.page
    page.goto("/")
    expect(page.locator("#alerts button")).to_have_count(2)
    page.wait_for_timeout(1_500)
    fits_the_screen(one)
    one.shot("map-phone")
    unnamed = one.value(
        "[...document.querySelectorAll('button, input, select, a')].filter((e) => !e.hidden && !(e.getAttribute("
        "'aria-label') || e.labels?.length || e.textContent.trim())).map((e) => e.outerHTML)"
    )
    assert unnamed == []


def fits_the_screen(one: Window) -> None:
    assert one.value("document.documentElement.scrollWidth <= innerWidth")


def a_case_is_complete(one: Window, alert: dict[str, object]) -> None:
    page, stop = one.page, json.loads(json.dumps(alert["stop"]))
    page.goto(f"/cases/{alert['id']}")
    expect(page.locator("h1")).to_contain_text("Ilyushin Il-62 RA-86572 (Russian Air Force): stop at Sunan")
    for part in CASE_PARTS:
        assert page.locator(f"#{part}").inner_text().strip() or page.locator(f"#{part} svg").count(), part
    wide = "#map svg.wide"
    assert page.locator(f"{wide} path[stroke-dasharray='8 5']").count() >= 2, "to the field and from it, inferred"
    assert page.locator(f"{wide} path[stroke='#1859b8']:not([stroke-dasharray])").count() >= 1, "the flight in, heard"
    assert page.locator(f"{wide} path[fill-opacity='0.45']").count() >= 2, "where anybody was heard"
    assert page.locator("#map figure").count() == 3
    facts = page.locator("#facts").inner_text()
    for words in ("Landed", "Left", "local time, UTC+9", "not seen", "5 min to 4", "Kazan", "The silence"):
        assert words in facts, (words, facts)
    assert "not heard" in page.locator("#profile .silence-text").first.text_content()  # type: ignore[operator]
    assert page.locator("#profile .plot.speed path.line").count() >= 2
    assert page.locator("#checks li").count() == len(stop["checks"])
    assert page.locator("#revisions ol.timeline > li").count() == alert["revision"]
    assert "plane-alert-db" in page.locator("#identity").inner_text()
    assert "UN" in page.locator("#listings").inner_text()
    evidence = page.locator("#evidence").inner_text()
    assert str(alert["evidence"]["sha256"]) in evidence  # type: ignore[index]
    assert "pyModeS" in evidence
    assert "0 disagreements" in evidence
    one.shot("case-light", whole=True)
    page.emulate_media(media="print")
    expect(page.locator(".downloads")).to_be_hidden()


def its_files_can_be_taken(one: Window, alert: dict[str, object]) -> None:
    links = [e.get_attribute("href") or "" for e in one.page.locator(".downloads a[download]").all()]
    assert len(links) == 6
    kinds = {}
    for link in links:
        answer = one.context.request.get(link, timeout=60_000)
        assert answer.status == 200, link
        kinds[link.rpartition(".")[2] if "/cases/" in link else link.rpartition("/")[2]] = answer.body()
    assert kinds["png"].startswith(b"\x89PNG")
    assert kinds["svg"].startswith(b"<svg")
    assert json.loads(kinds["geojson"])["alert"]["id"] == alert["id"]
    assert b"<kml" in kinds["kml"]
    assert "alert.json" in zipfile.ZipFile(io.BytesIO(kinds["bundle"])).namelist()


def a_case_needs_no_script(one: Window, alert: dict[str, object]) -> None:
    one.page.goto("/cases")
    one.page.get_by_role("link", name="RA-86572").click()
    for part in CASE_PARTS:
        assert one.page.locator(f"#{part}").count() == 1, part
    assert str(alert["id"]) in one.page.url


def _aircraft(one: Window) -> int:
    return int(_state(one, "state.fleet.size"))


def _state(one: Window, words: str):  # type: ignore[no-untyped-def]
    """What the page knows, by its own module."""
    source = "document.querySelector('script[type=module]').src.replace('live.js', 'state.js')"
    return one.value(f"async () => {{ const {{ state }} = await import({source}); return {words}; }}")
