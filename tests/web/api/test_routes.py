"""Each route: what it finds, by which words, and what it says of a wrong question."""

from __future__ import annotations

import json

import msgspec

from detector.domain.errors import StoreError, UsageError
from detector.domain.gap import Gap
from detector.domain.identity import Identity
from detector.pipeline import Changes
from detector.tracking.interference import InterferenceArea
from detector.web.problems import MEDIA_TYPE
from tests.service.test_scenarios import heard
from tests.web.pages import Client, Page, asked
from tests.web.story import ICAO24, flying, fresh, told


def test_the_alert_of_the_story_is_found_by_every_word_it_has() -> None:
    async def work(ask: Client) -> None:
        (alert,) = (await ask.json("/alerts"))["items"]
        stop = alert["stop"]
        assert (stop["airport"], stop["registration"]) == ("ZKPY", "RA-86572")
        found = (
            "severity=high", "severity=low&severity=high", "rule=short_turnaround", "event=updated", "status=closed",
            "airport=ZKPY", "airport=fnj", "country=KP", "icao24=15522C", "registration=ra-86572", "level=3",
            "since=2024-11-07T01:00:00Z", "since=2024-11-07T01:00:00Z&until=2024-11-08", "until=1731000000",
        )  # fmt: skip
        for words in found:
            assert [one["id"] for one in (await ask.json(f"/alerts?{words}"))["items"]] == [alert["id"]], words
        for words in ("severity=low", "rule=dark_stop", "airport=ZKWS", "airport=XXXX", "level=4", "until=2024-11-07"):
            assert (await ask.json(f"/alerts?{words}"))["items"] == [], words
        assert await ask.json(f"/alerts/{alert['id']}") == alert
        revisions = (await ask.json(f"/alerts/{alert['id']}/revisions"))["items"]
        assert [one["revision"] for one in revisions] == list(range(1, alert["revision"] + 1))
        assert revisions[-1] == alert

    asked(work, told())


def test_stops_and_silences_are_found_by_what_they_are_and_when_they_lasted() -> None:
    async def work(ask: Client) -> None:
        stop = (await ask.json("/stops?airport=ZKPY"))["items"][0]
        assert await ask.json(f"/stops/{stop['id']}") == stop
        for words in ("callsign=rff7092", "kind=inferred&icao24=15522c", "held=false", "rule=listed_airport"):
            assert stop in (await ask.json(f"/stops?{words}"))["items"], words
        while_there = "since=2024-11-07T01:50:00Z&until=2024-11-07T01:51:00Z"
        assert stop in (await ask.json(f"/stops?{while_there}"))["items"]
        assert stop not in (await ask.json("/stops?since=2024-11-07T03:00:00Z"))["items"]
        assert (await ask.json("/stops?held=true"))["items"] == []
        (gap,) = (await ask.json(f"/gaps?stop={stop['id']}"))["items"]
        assert gap["icao24"] == ICAO24
        assert await ask.json(f"/gaps/{gap['id']}") == gap
        assert gap in (await ask.json(f"/gaps?class={gap['class']}&callsign=RFF7092"))["items"]

    asked(work, told())


def test_lists_come_in_pages_to_the_end() -> None:
    async def work(ask: Client) -> None:
        whole = (await ask.json("/gaps"))["items"]
        assert len(whole) > 3
        pages, cursor = [], ""
        while cursor is not None:
            page = await ask.json(f"/gaps?limit=2{cursor and '&cursor=' + cursor}")
            pages.append(page["items"])
            cursor = page["next"]
        assert [one for page in pages for one in page] == whole
        assert all(len(page) == 2 for page in pages[:-1])

    asked(work, told())


def test_an_alert_that_is_opened_between_two_pages_moves_nothing() -> None:
    page, gaps = Page(), list[Gap]()
    note = page.model.note

    def noted(changes: Changes) -> None:
        gaps.extend(changes.gaps)
        note(changes)

    page.note = noted  # type: ignore[method-assign]
    page.hear(heard(), 600.0)

    async def work(ask: Client) -> None:
        whole = [one["id"] for one in (await ask.json("/gaps"))["items"]]
        first = await ask.json("/gaps?limit=2")
        late = msgspec.structs.replace(gaps[-1], id="gap-new", begin=page.clock.at)
        page.model.note(Changes(gaps=[late, msgspec.structs.replace(late, id="gap-old", begin=0.0)]))
        rest = (await ask.json(f"/gaps?limit=500&cursor={first['next']}"))["items"]
        assert [one["id"] for one in (*first["items"], *rest)] == [*whole, "gap-old"]

    asked(work, page)


def test_aircraft_are_found_by_place_time_and_words() -> None:
    page = Page()
    page.hear(flying([0x3C6444, 0x4B1234], 1_730_000_000.0))
    page.hear(flying([0x500000], page.clock.at, lat=-17.0, lon=179.9))

    async def work(ask: Client) -> None:
        async def found(words: str) -> list[str]:
            answer = await ask.json(f"/aircraft?{words}")
            assert answer["total"] == len(answer["items"])
            return [one["icao24"] for one in answer["items"]]

        assert await found("") == ["3c6444", "4b1234", "500000"]
        assert await found("bbox=49,9,51,11") == ["3c6444", "4b1234"]
        assert await found("bbox=-20,170,-10,-170") == ["500000"]
        assert await found("q=FLY001") == ["4b1234"]
        assert await found("q=3c6") == ["3c6444"]
        assert await found(f"since={page.clock.at - 10.0}") == ["500000"]
        assert await found("watched=true") == []
        columns = (await ask.json("/aircraft?layout=columns&q=fly000"))["columns"]
        assert columns["icao24"] == ["3c6444", "500000"]
        assert {len(values) for values in columns.values()} == {2}

    asked(work, page)


def test_an_aircraft_comes_with_who_it_is_and_what_it_did() -> None:
    async def work(ask: Client) -> None:
        case = await ask.json("/aircraft/15522C")
        assert case["identity"]["registration"][0]["value"] == "RA-86572"
        assert case["identity"]["country"] == "RU"
        assert [one["severity"] for one in case["alerts"]] == ["high"]
        assert case["alerts"][0]["stop_id"] in [stop["id"] for stop in case["stops"]]
        assert case["state"]["watched"] is True
        unknown = await ask.json("/aircraft/3c0000")
        assert (unknown["state"], unknown["alerts"], unknown["stops"]) == (None, [], [])
        assert unknown["identity"]["country"] == "DE"
        assert (await ask.json("/aircraft/~3c0000"))["identity"]["country"] is None

    asked(work, told())


def test_a_track_is_told_by_time_and_cut_at_its_beginning() -> None:
    async def work(ask: Client) -> None:
        track = await ask.json(f"/aircraft/{ICAO24}/track")
        at = track["points"]["at"]
        assert len(at) > 100
        assert at == sorted(at)
        assert {len(column) for column in track["points"].values()} == {len(at)}
        part = await ask.json(f"/aircraft/{ICAO24}/track?since={at[5]}&until={at[9]}")
        assert part["points"]["at"] == at[5:10]
        last = await ask.json(f"/aircraft/{ICAO24}/track?limit=3")
        assert (last["points"]["at"], last["cut"]) == (at[-3:], True)
        nowhere = await ask.json("/aircraft/000001/track")
        assert nowhere["points"] == {"at": [], "latitude_deg": [], "longitude_deg": [], "altitude_baro_ft": []}

    asked(work, told())


def test_fields_are_found_by_their_codes_listings_and_place() -> None:
    async def work(ask: Client) -> None:
        field = await ask.json("/airports/fnj")
        assert (field["code"], field["country"], field["listed"]) == ("ZKPY", "KP", True)
        assert field["listings"][0]["link"].startswith("https://")
        assert field["runways"][0]["length_ft"] > 10_000
        near = (await ask.json("/airports?bbox=39,125.5,39.4,126&listed=true"))["items"]
        assert "ZKPY" in [one["code"] for one in near]
        some = await ask.json("/airports?country=KP&limit=3")
        rest = await ask.json(f"/airports?country=KP&limit=500&cursor={some['next']}")
        codes = [one["code"] for one in (*some["items"], *rest["items"])]
        assert len(codes) == len(set(codes)) > 3
        assert rest["next"] is None
        await ask.json("/airports/NOPE", 404)

    asked(work, told())


def test_areas_come_with_whether_they_are_in_force() -> None:
    page = fresh()
    now = page.pipeline.told_until or 0.0
    spells = ((0.0, 10.0), (now - 60.0, now + 600.0))
    page.pipeline.sky.areas.reported = [InterferenceArea(48.0, 35.5, a, b, 12, 9) for a, b in spells]

    async def work(ask: Client) -> None:
        found = (await ask.json("/areas"))["items"]
        assert [one["in_force"] for one in found] == [True, False]
        assert (await ask.json("/areas?in_force=true"))["items"] == found[:1]
        assert (await ask.json("/areas?bbox=40,30,50,40&since=5&until=20"))["items"] == found[1:]
        assert (await ask.json("/areas?bbox=0,0,1,1"))["items"] == []
        first = await ask.json("/areas?limit=1")
        assert (await ask.json(f"/areas?limit=1&cursor={first['next']}"))["items"] == found[1:]

    asked(work, page)


WRONG = [
    ("/alerts?sevrity=high", "sevrity", "did you mean severity?"),
    ("/areas?x=1", "x", "known are:"),
    ("/alerts/abc?limit=1", "limit", "known are: none"),
    ("/alerts?severity=huge", "severity", "'low', 'medium' or 'high'"),
    ("/alerts?limit=0", "limit", "greater than or equal to 1"),
    ("/alerts?limit=2&limit=3", "limit", "give it once"),
    ("/alerts?since=yesterday", "since", "since: 'yesterday' is no time"),
    ("/alerts?cursor=AAAA", "cursor", "not one of ours"),
    ("/aircraft?bbox=1,2,3", "bbox", "south,west,north,east"),
    ("/aircraft?bbox=50,2,40,3", "bbox", "south is north"),
    ("/aircraft?bbox=91,2,92,3", "bbox", "south,west,north,east"),
    ("/aircraft/xyz", "icao24", "six hexadecimal digits"),
]


def test_a_wrong_question_is_told_where_it_is_wrong() -> None:
    async def work(ask: Client) -> None:
        for path, parameter, words in WRONG:
            answer = await ask(f"/api/v1{path}")
            said = json.loads(answer.body)
            assert (answer.status, answer.headers["content-type"]) == (400, MEDIA_TYPE)
            assert (said["status"], said["parameter"]) == (400, parameter)
            assert words in said["detail"]

    asked(work, told())


def test_a_cursor_goes_with_its_question_only() -> None:
    async def work(ask: Client) -> None:
        cursor = (await ask.json("/gaps?limit=1"))["next"]
        refused = await ask.json(f"/gaps?limit=1&icao24=15522c&cursor={cursor}", 400)
        assert refused["parameter"] == "cursor"
        await ask.json(f"/gaps?limit=400&cursor={cursor}")

    asked(work, told())


def test_what_has_not_changed_is_not_sent_again() -> None:
    async def work(ask: Client) -> None:
        alert = (await ask.json("/alerts"))["items"][0]["id"]
        for path in ("/alerts", f"/alerts/{alert}", "/aircraft", "/airports/ZKPY", f"/aircraft/{ICAO24}/track"):
            first = await ask(f"/api/v1{path}")
            tag = first.headers["etag"]
            for same in (tag, f'"other", {tag}', f"W/{tag}", "*"):
                again = await ask(f"/api/v1{path}", headers={"if-none-match": same})
                assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag), path
            assert (await ask(f"/api/v1{path}", headers={"if-none-match": '"other"'})).status == 200

    asked(work, told())


def test_what_has_changed_has_another_tag() -> None:
    page = fresh()

    async def work(ask: Client) -> None:
        before = await ask("/api/v1/gaps")
        page.model.gaps.sweep(1e12)
        after = await ask("/api/v1/gaps", headers={"if-none-match": before.headers["etag"]})
        assert (after.status, json.loads(after.body)["items"]) == (200, [])

    asked(work, page)


def test_head_tells_the_same_without_a_body() -> None:
    async def work(ask: Client) -> None:
        for path in ("/api/v1/alerts", "/api/v1/health", "/openapi.json", "/api/v1/alerts/none"):
            whole, head = await ask(path), await ask(path, method="HEAD")
            assert (head.status, head.body) == (whole.status, b"")
            assert head.headers["content-length"] == str(len(whole.body))
            assert head.headers.get("etag") == whole.headers.get("etag")
        assert (await ask("/api/v1/events", method="HEAD")).status == 200

    asked(work, told())


def test_the_evidence_is_made_when_it_is_asked_for() -> None:
    page = fresh()
    (record,) = page.model.alerts.newest(None, lambda _: True)
    answers: list[bytes | Exception | None] = []

    async def bundles(alert_id: str) -> bytes | None:
        assert alert_id == record.id
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    page.with_bundles(bundles)

    async def work(ask: Client) -> None:
        path = f"/api/v1/alerts/{record.id}/bundle"
        answers[:] = [b"PK", None, UsageError("no raw frames are kept"), StoreError("the store is away")]
        whole = await ask(path)
        assert (whole.status, whole.body, whole.headers["content-type"]) == (200, b"PK", "application/zip")
        assert whole.headers["content-disposition"] == f'attachment; filename="{record.id}.zip"'
        assert [(await ask(path)).status for _ in range(3)] == [404, 404, 503]
        assert (await ask("/api/v1/alerts/none/bundle")).status == 404

    asked(work, page)


HARM = "</script><img src=x onerror=alert(1)>\u2028\x00\x1b[31m\"'"


def test_texts_that_mean_harm_are_strings_of_json_and_nothing_else() -> None:
    """From the radio come letters; from decoded feeds, tables and lists anything may come."""
    page, stops = Page(), Changes()
    page.note = lambda changes: stops.stops.extend(changes.stops)  # type: ignore[method-assign]
    page.hear(heard(), 600.0)
    hostile = msgspec.structs.replace(
        stops.stops[-1], callsign_in=HARM, registration=HARM, operator=HARM, airport_name=HARM,
        identity=Identity(icao24=ICAO24, type_name=HARM),
    )  # fmt: skip
    page.model.note(Changes(stops=[hostile]))

    async def work(ask: Client) -> None:
        answer = await ask(f"/api/v1/stops/{hostile.id}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert json.loads(answer.body)["callsign_in"] == HARM
        assert b"\n" not in answer.body
        wrong = await ask("/api/v1/alerts?%3Cscript%3E=1&%0A=2")
        assert wrong.headers["content-type"] == MEDIA_TYPE
        assert "<script>" in json.loads(wrong.body)["detail"]
        news = page.model.news.after(0, ["stop"])
        assert news
        assert page.streams.frame(news[0]).count(b"\n") == 4, "one event of three lines"

    asked(work, page)
