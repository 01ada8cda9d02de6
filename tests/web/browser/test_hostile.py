"""What may come by radio or out of a table does nothing on any page: it is text, and nothing of it hides or turns."""

from __future__ import annotations

import dataclasses

import msgspec
from playwright.sync_api import expect

from detector.domain.alert import Alert
from detector.domain.stop import Certainty, Finding, Severity
from detector.pipeline import Changes
from detector.web.api.events import Streams
from detector.web.live.labels import Label
from detector.web.pages.view import CaseView
from detector.web.picture import PictureCase
from tests.web.browser.beside import beside
from tests.web.browser.window import browser, window
from tests.web.cases import pyongyang
from tests.web.pages import Page
from tests.web.story import flying

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</title><script>alert(1)//",
    "<iframe src=javascript:alert(1)>", "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<b>bold</b>",
    '"><script>alert(1)</script>', "' onmouseover='alert(1)", '" autofocus onfocus=alert(1) x="', "`${alert(1)}`",
    "{{constructor.constructor('alert(1)')()}}", "<!--", "]]>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;b&#62;",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0", "@SUM(1+1)", "\u202eRA-86572\u202c", "RA\u200b-\u200d865\ufeff72", "\u2066RA\u2069\u200f",
    "http://evil.example/x.png", "<link rel=stylesheet href=http://evil.example>", "<form action=http://evil.example>",
    "R" * 4_000, "\x00\x1b[31m\x07\r\n\u2028\u2029",
)  # fmt: skip
"""Thirty."""
FIRST = 0x4B0000
HIDDEN = "\u202e\u202c\u200b\u200d\ufeff\u2066\u2069\u200f\u2028\u2029\x1b\x07"


def hostile_alert(words: str, number: int) -> Alert:
    """The case of Pyongyang under these words, wherever an alert has words of the radio or of a table."""
    case = pyongyang(words)
    alert = case.alerts[0]
    stop = msgspec.structs.replace(
        alert.stop, id=f"stop-{number}", registration=words, operator=words, type_code=words, airport_name=words,
        findings=(Finding("listed_airport", Certainty.CERTAIN, Severity.HIGH, words),
                  Finding(words, Certainty.POSSIBLE, Severity.LOW, words)),
        retraction=words if number % 2 else None,
    )  # fmt: skip
    return msgspec.structs.replace(alert, id=f"alert-{number}", stop=stop)


def a_page() -> Page:
    """With thirty alerts and thirty aircraft."""
    page = Page()
    page.hear(flying([FIRST + i for i in range(len(HOSTILE))], page.clock.at))
    alerts = [hostile_alert(words, number) for number, words in enumerate(HOSTILE)]
    page.note(Changes(alerts=alerts, stops=[alert.stop for alert in alerts]))
    labels = page.model.labels
    labels.of([FIRST], page.clock.at)  # the day has begun
    table, addresses = page.pipeline.tracker.table, page.pipeline.decoder.addresses
    for number, words in enumerate(HOSTILE):
        key = FIRST + number
        labels._labels[key] = Label(f"{key:06x}", registration=words, type_code=words, operator=words)
        table["callsign"][addresses.slot_of(key)] = words[:8].encode("ascii", "ignore").replace(b"\0", b"")

    async def view(alert_id: str) -> CaseView | None:
        number = int(alert_id.removeprefix("alert-"))
        case = pyongyang(HOSTILE[number])
        listing = {"list": HOSTILE[number], "programme": HOSTILE[number], "authority": HOSTILE[number],
                   "identifier": "1", "from": "2020-01-01", "reason": HOSTILE[number], "source": HOSTILE[number],
                   "link": HOSTILE[number]}  # fmt: skip
        picture = PictureCase(
            alert=alerts[number], stops=case.stops, track=case.tracks[0], airports=case.airports,
            recording=HOSTILE[number],
        )  # fmt: skip
        return CaseView(picture, [alerts[number]], [listing])

    page.served = dataclasses.replace(page.served, cases=view)
    page.streams = Streams(page.served)
    return page


STRANGERS = """() => [...document.querySelectorAll('*')].filter((e) => ['IFRAME', 'B', 'FORM', 'LINK', 'SCRIPT', 'IMG',
    'BASE', 'OBJECT'].includes(e.tagName) && e.closest('#alerts, #selected, #found, .label')).map((e) => e.outerHTML)"""
HANDLERS = """() => [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) =>
    /^on|^style$/i.test(a.name) && !a.ownerElement.closest('#map') ||
    /^(src|href|xlink:href|action|formaction)$/i.test(a.name) && (/^\\s*(javascript|data):/i.test(a.value)
    || /^https?:/.test(a.value) && !a.ownerElement.closest('#listings'))).map((a) => a.name + '=' + a.value)"""
"""Only a listing, which whoever runs the service has chosen, links to other places."""
TOLD = """[document.scripts.length, document.querySelectorAll('iframe, form, img, object').length,
    document.body.innerText]"""


def test_thirty_hostile_names_do_nothing_on_the_map() -> None:
    assert len(HOSTILE) == 30
    with beside(a_page()) as served, browser() as chromium, window(chromium, served.url) as one:
        page = one.page
        page.goto("/")
        page.get_by_label("taken back").check()
        expect(page.locator("#alerts button")).to_have_count(30)
        text = page.locator("#alerts").inner_text()
        assert "<script>alert(1)</script>" in text, "it is shown as what it is"
        assert not set(HIDDEN) & set(text)
        for number in (0, 1, 22, 28):
            page.locator(f"button[data-alert='alert-{number}']").click()
            expect(page.locator("#selected h2")).not_to_be_empty()
            assert page.evaluate("document.querySelector('#selected').scrollWidth <= 400")
        for words in ("<script", "4b00", "onerror"):
            page.locator("#search").fill(words)
            expect(page.locator("#found li").first).to_be_visible()
            assert not set(HIDDEN) & set(page.locator("#found").inner_text())
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#figures")).to_be_visible()
        page.locator("#map").hover(position={"x": 500, "y": 300})
        # `b` is ours: it stands around the name of a rule.
        assert [e for e in page.evaluate(STRANGERS) if not e.startswith("<b>")] == []
        assert page.evaluate("document.querySelectorAll('b').length") <= 2
        assert page.evaluate(HANDLERS) == []
        page.wait_for_timeout(500)
        one.shot("hostile-map")
        assert page.title() == "detector"


def test_thirty_hostile_names_do_nothing_on_their_cases() -> None:
    with beside(a_page()) as served, browser() as chromium, window(chromium, served.url) as one:
        page = one.page
        scripts = None
        for number, words in enumerate(HOSTILE):
            page.goto(f"/cases/alert-{number}", wait_until="domcontentloaded")
            told = page.evaluate(TOLD)
            scripts = scripts or told[0]
            assert told[:2] == [scripts, 0], words
            assert not set(HIDDEN) & set(told[2]), words
            assert page.evaluate(HANDLERS) == [], words
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), words
        page.goto("/cases/alert-0")
        assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
        one.shot("hostile-case")
        page.goto("/cases")
        expect(page.locator("tbody tr")).to_have_count(30)
        assert page.evaluate(HANDLERS) == []
