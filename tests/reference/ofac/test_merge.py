from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference.ofac.entries import SdnAircraft, SdnList
from detector.reference.ofac.merge import changes, merged

FIRST, SECOND, THIRD, FOURTH = date(2020, 2, 7), date(2021, 3, 4), date(2022, 5, 6), date(2023, 7, 8)


def entry(identifier: int, **given: Any) -> SdnAircraft:
    return SdnAircraft(identifier=str(identifier), name=f"ZZ-{identifier}", **given)


def version(dated: date, *entries: SdnAircraft) -> SdnList:
    """With ten more that are always there, so that one may go."""
    lasting = (entry(n, listed_from=date(2012, 9, 19), dated_by="x") for n in range(1, 11))
    return SdnList(dated=dated, source="SDN.CSV", entries=(*lasting, *entries))


def spells(of: SdnList, identifier: int) -> list[tuple[date | None, date | None, str]]:
    return [(e.listed_from, e.listed_until, e.dated_by) for e in of.entries if e.identifier == str(identifier)]


def test_an_entry_without_a_day_is_listed_from_the_version_that_it_was_first_seen_in() -> None:
    first = merged(None, version(FIRST, entry(99)))
    assert spells(first, 99) == [(FIRST, None, "first seen in the list of 2020-02-07")]
    assert spells(merged(first, version(SECOND, entry(98), entry(99))), 98) == [
        (SECOND, None, "first seen in the list of 2021-03-04")
    ]


def test_an_entry_keeps_its_known_first_day_where_the_new_version_tells_none() -> None:
    old = merged(None, version(FIRST, entry(99, listed_from=date(2019, 1, 24), dated_by="press release")))
    assert spells(merged(old, version(SECOND, entry(99))), 99) == [(date(2019, 1, 24), None, "press release")]


def test_the_day_that_the_new_version_tells_wins() -> None:
    told = entry(99, listed_from=date(2018, 5, 24), dated_by="entry date in sdn_advanced.xml")
    old = merged(None, version(FIRST, entry(99)))
    assert spells(merged(old, version(SECOND, told)), 99) == [
        (date(2018, 5, 24), None, "entry date in sdn_advanced.xml")
    ]


def test_a_later_day_does_not_win_over_a_version_that_had_the_entry_before() -> None:
    told = entry(99, listed_from=date(2020, 12, 1), dated_by="entry date in sdn_advanced.xml")
    old = merged(None, version(FIRST, entry(99)))
    assert spells(merged(old, version(SECOND, told)), 99) == [(FIRST, None, "first seen in the list of 2020-02-07")]


def test_a_version_in_between_does_not_lose_the_proof_of_the_first_one() -> None:
    told = entry(99, listed_from=date(2021, 1, 1), dated_by="entry date in sdn_advanced.xml")
    between = merged(merged(None, version(FIRST, entry(99))), version(SECOND, entry(99)))
    assert spells(merged(between, version(THIRD, told)), 99) == spells(between, 99)
    assert between.current()["99"].first_seen == FIRST


def test_an_entry_has_what_the_newest_version_says_of_it() -> None:
    old = merged(None, version(FIRST, entry(99, tails=("ZZ-99",))))
    new = merged(old, version(SECOND, entry(99, tails=("ZZ-100", "ZZ-99"), mode_s=("abc123",))))
    assert new.current()["99"].tails == ("ZZ-100", "ZZ-99")
    assert new.current()["99"].mode_s == ("abc123",)


def test_an_entry_that_is_gone_stays_until_the_day_before() -> None:
    old = merged(None, version(FIRST, entry(99)))
    gone = merged(old, version(SECOND))
    assert spells(gone, 99) == [(FIRST, date(2021, 3, 3), "first seen in the list of 2020-02-07")]
    (stored,) = [e for e in gone.entries if e.identifier == "99"]
    assert stored.last_seen == FIRST
    assert "99" not in gone.current()
    assert spells(merged(gone, version(THIRD)), 99) == spells(gone, 99)


def test_an_entry_taken_back_on_the_day_it_came_was_listed_for_that_day() -> None:
    old = merged(None, version(FIRST, entry(99)))
    assert [until for _, until, _ in spells(merged(old, version(FIRST)), 99)] == [FIRST]


def test_an_entry_that_comes_back_has_a_second_spell() -> None:
    gone = merged(merged(None, version(FIRST, entry(99))), version(SECOND))
    back = merged(gone, version(THIRD, entry(99)))
    assert spells(back, 99) == [
        (FIRST, date(2021, 3, 3), "first seen in the list of 2020-02-07"),
        (THIRD, None, "back in the list of 2022-05-06"),
    ]
    assert spells(merged(back, version(FOURTH)), 99)[1][:2] == (THIRD, date(2023, 7, 7))


def test_the_first_day_of_an_earlier_spell_is_not_that_of_a_later_one() -> None:
    dated = entry(99, listed_from=date(2011, 6, 23), dated_by="entry date in sdn_advanced.xml")
    gone = merged(merged(None, version(FIRST, dated)), version(SECOND))
    back = merged(gone, version(THIRD, dated))
    assert [day for day, _, _ in spells(back, 99)] == [date(2011, 6, 23), THIRD]
    assert merged(back, version(THIRD, dated)) == back


def test_a_new_day_after_the_earlier_spell_is_that_of_the_later_one() -> None:
    gone = merged(merged(None, version(FIRST, entry(99))), version(SECOND))
    told = entry(99, listed_from=date(2022, 1, 1), dated_by="entry date in sdn_advanced.xml")
    assert spells(merged(gone, version(THIRD, told)), 99)[1] == (
        date(2022, 1, 1),
        None,
        "entry date in sdn_advanced.xml",
    )


def test_an_older_version_is_refused_and_one_of_the_same_day_is_not() -> None:
    old = merged(None, version(SECOND))
    with pytest.raises(InputError, match="the list of 2020-02-07 is older than the one of 2021-03-04"):
        merged(old, version(FIRST))
    with pytest.raises(InputError, match="older"):
        merged(old, version(FIRST), forced=True)
    assert merged(old, version(SECOND)) == old


def test_a_version_that_lacks_more_than_a_fifth_is_refused_unless_forced() -> None:
    old = merged(None, version(FIRST))
    eight = SdnList(dated=SECOND, source="SDN.CSV", entries=version(SECOND).entries[:8])
    seven = SdnList(dated=SECOND, source="SDN.CSV", entries=version(SECOND).entries[:7])
    assert len(merged(old, eight).current()) == 8
    with pytest.raises(InputError, match="the list of 2021-03-04 lacks 3 of 10 aircraft of the list of 2020-02-07"):
        merged(old, seven)
    forced = merged(old, seven, forced=True)
    assert len(forced.current()) == 7
    assert len(forced.entries) == 10


def test_changes_tell_what_came_what_went_and_what_became_of_each_field() -> None:
    old = merged(None, version(FIRST, entry(98, programmes=("SDGT",)), entry(99, tails=("ZZ-99",))))
    new = version(
        SECOND,
        entry(99, tails=("ZZ-100", "ZZ-99"), operator="EXAMPLE AIR"),
        entry(100, model="IL76", programmes=("SDGT", "IFSR"), linked_to=("EXAMPLE AIR",)),
    )
    found = changes(old, new)
    assert found.lines() == [
        "+ 100 ZZ-100 (IL76, SDGT, IFSR; linked to EXAMPLE AIR)",
        "- 98 ZZ-98 (SDGT)",
        "~ 99 ZZ-99: tails ZZ-99 -> ZZ-100, ZZ-99",
        "~ 99 ZZ-99: operator none -> EXAMPLE AIR",
    ]
    assert changes(old, merged(old, new)).lines() == found.lines()
    record = msgspec.json.decode(msgspec.json.encode(found))
    assert record["changed"][0] == {
        "identifier": "99",
        "name": "ZZ-99",
        "field": "tails",
        "before": "ZZ-99",
        "after": "ZZ-100, ZZ-99",
    }
    assert (record["before"], record["after"]) == ("2020-02-07", "2021-03-04")


def test_a_registration_that_became_a_previous_one_is_two_changes() -> None:
    old = merged(None, version(FIRST, entry(99, tails=("ZZ-99",))))
    new = version(SECOND, entry(99, tails=("ZZ-100",), previous_tails=("ZZ-99",)))
    assert changes(old, new).lines() == [
        "~ 99 ZZ-99: tails ZZ-99 -> ZZ-100",
        "~ 99 ZZ-99: previous_tails none -> ZZ-99",
    ]
    assert SdnList.from_bytes(merged(old, new).to_bytes(), "x").current()["99"].previous_tails == ("ZZ-99",)


def test_a_day_is_a_change_only_where_the_new_version_tells_one() -> None:
    old = merged(None, version(FIRST, entry(99)))
    assert changes(old, version(SECOND, entry(99))).lines() == []
    told = version(SECOND, entry(99, listed_from=date(2019, 1, 24)))
    assert changes(old, told).lines() == ["~ 99 ZZ-99: listed_from 2020-02-07 -> 2019-01-24"]


def test_an_entry_that_comes_back_is_shown_as_come() -> None:
    gone = merged(merged(None, version(FIRST, entry(99))), version(SECOND))
    assert changes(gone, version(THIRD, entry(99))).lines() == ["+ 99 ZZ-99 ()"]


@given(st.lists(st.dictionaries(st.integers(50, 55), st.none() | st.integers(0, 800), max_size=6), max_size=6))
def test_spells_never_overlap_and_a_version_taken_twice_changes_nothing(versions: list[dict[int, int | None]]) -> None:
    stored: SdnList | None = None
    for at, present in enumerate(versions):
        dated = date.fromordinal(FIRST.toordinal() + 100 * (at + 1))
        told = (
            entry(n, listed_from=None if ago is None else date.fromordinal(dated.toordinal() - ago), dated_by="file")
            for n, ago in present.items()
        )
        new = version(dated, *told)
        stored = merged(stored, new, forced=True)
        assert merged(stored, new) == stored
        assert {e.identifier for e in new.entries} == stored.current().keys()
        assert SdnList.from_bytes(stored.to_bytes(), "x") == stored
        for identifier in range(50, 56):
            days = spells(stored, identifier)
            for (_, until, _), (later, _, _) in itertools.pairwise(days):
                assert until is not None
                assert later is not None
                assert until < later
            assert all(first is not None and words for first, _, words in days)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b'{"schema":"detector.sdn_list/2","dated":"2020-02-07","source":"x","entries":[]}', b"\xff"],
)
def test_another_file_is_no_stored_list(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^x.json: not a stored SDN list"):
        SdnList.from_bytes(data, "x.json")
