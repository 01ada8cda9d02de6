from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.identity import RemarkKind, TypeClass, first_value
from detector.domain.times import parse_iso
from detector.reference.aircraft_table import AircraftRow, AircraftTable
from tests.reference.tables import directory, shipped_aircraft

AT = parse_iso("2024-11-07T01:30:00Z")


def row(address: int, registration: str = "", **values: object) -> AircraftRow:
    return AircraftRow(address=address, registration=registration, **values)  # type: ignore[arg-type]


def of(*rows: AircraftRow, source: str = "a table", dated: date | None = None) -> AircraftTable:
    return AircraftTable.of(rows, source, dated)


def kinds(icao24: str, *tables: AircraftTable, at: float = AT) -> set[RemarkKind]:
    return {remark.kind for remark in directory(*tables).identity(icao24, at).remarks}


@pytest.mark.parametrize(
    ("icao24", "country", "military", "registration", "type_code"),
    [
        # Ten states, military blocks among them; the registrations are the tables' or the registers' own.
        ("15522c", "RU", None, "RA-86572", None),
        ("a12345", "US", None, "N1722M", None),
        ("ae01c5", "US", True, "64-14843", "R135"),
        ("43c001", "GB", True, None, None),
        ("3f4001", "DE", True, None, None),
        ("7278a5", "KP", None, None, None),
        ("731821", "IR", None, "EP-FAA", None),
        ("155be3", "RU", None, "RA-89059", "SU95"),
        ("8406d0", "JP", None, "JA01WJ", "A35K"),
        ("33ff01", "IT", True, None, None),
        ("778400", "SY", None, None, None),
        ("780a80", "CN", None, "B-LBF", "A333"),
    ],
)
def test_addresses_of_ten_states(
    icao24: str, country: str, military: bool | None, registration: str | None, type_code: str | None
) -> None:
    identity = directory(shipped_aircraft()).identity(icao24, AT)
    assert (identity.country, identity.military) == (country, military)
    assert first_value(identity.registration) == registration
    assert first_value(identity.type_code) == type_code
    assert (identity.military_source is not None) == bool(military)


def test_every_word_has_its_source_and_the_day_of_it() -> None:
    first = of(row(0x15522C, "RA-86572", operator="Russian Air Force"), source="one", dated=date(2024, 1, 1))
    second = of(row(0x15522C, "RA-86572", type_code="IL62"), source="two")
    identity = directory(first, second).identity("15522c", AT)
    assert [(fact.value, fact.source, fact.dated) for fact in identity.registration] == [
        ("RA-86572", "one", date(2024, 1, 1))
    ]
    assert [(fact.value, fact.source) for fact in identity.type_code] == [("IL62", "two")]
    assert (identity.type_name, identity.type_class) == ("Ilyushin Il-62", TypeClass.HEAVY)


def test_where_sources_disagree_both_are_shown_the_more_trusted_first() -> None:
    identity = directory(
        of(row(0x4B8501, "TC-AAA", operator="One Air"), source="one"),
        of(row(0x4B8501, "TC-BBB", operator="ONE  AIR"), source="two"),
    ).identity("4b8501", AT)
    assert [fact.value for fact in identity.registration[:2]] == ["TC-AAA", "TC-BBB"]
    assert [fact.value for fact in identity.operator] == ["One Air"]
    (disputed,) = (remark for remark in identity.remarks if remark.kind is RemarkKind.DISPUTED)
    assert "TC-AAA says one, TC-BBB says two" in disputed.text
    assert not disputed.telling


def test_what_holds_depends_on_the_day() -> None:
    table = of(
        row(0x730001, "EP-OLD", valid_to=date(2020, 5, 31)),
        row(0x730001, "EP-NEW", operator="Mahan Air", valid_from=date(2020, 6, 1)),
    )
    known = directory(table)
    before = known.identity("730001", parse_iso("2020-05-31T23:59:59Z"))
    after = known.identity("730001", parse_iso("2020-06-01T00:00:00Z"))
    assert (first_value(before.registration), first_value(before.operator)) == ("EP-OLD", None)
    assert (first_value(after.registration), first_value(after.operator)) == ("EP-NEW", "Mahan Air")


def test_a_call_sign_tells_an_operator_weakly_and_after_the_tables() -> None:
    known = directory(of(row(0x15522C, operator="Somebody")))
    facts = known.identity("15522c", AT, ("RFF7092", "RFF7093")).operator
    assert [(fact.value, fact.weak) for fact in facts] == [
        ("Somebody", False),
        ("Russian Federation Air Force", True),
    ]


def test_an_address_that_is_none_of_the_register_is_nobody() -> None:
    identity = directory(shipped_aircraft()).identity("~a12345", AT, ("KLM1",))
    assert (identity.country, identity.registration, identity.operator, identity.remarks) == (None, (), (), ())


def test_a_registration_of_another_states_block_is_told() -> None:
    assert kinds("4009eb", of(row(0x4009EB, "B-9429"))) == {RemarkKind.OUTSIDE_BLOCK}
    # Registers of the United Kingdom's territories give out its addresses.
    assert kinds("400210", of(row(0x400210, "VP-CAH"))) == set()


def test_a_registration_that_its_register_gives_another_address_is_told() -> None:
    assert kinds("a00002", of(row(0xA00002, "N12345"))) == {RemarkKind.OTHER_ADDRESS}
    assert kinds("15522c", of(row(0x15522C, "RA-86572"))) == set()


def test_placeholders_and_addresses_of_nobody_are_told() -> None:
    assert kinds("000000") == {RemarkKind.PLACEHOLDER}
    assert kinds("123456") == {RemarkKind.PLACEHOLDER}
    assert kinds("2fffff") == {RemarkKind.UNALLOCATED}


SOLD = of(
    row(0x4CA001, "EI-ABC", type_code="A306", serial="838", valid_to=date(2023, 12, 31)),
    row(0x440001, "OE-IAX", type_code="A306", serial="838", valid_from=date(2024, 1, 1)),
    row(0x400002, "G-OLDD", type_code="A306", serial="900", valid_to=date(2023, 12, 31)),
    row(0x400002, "G-NEWW", type_code="A306", serial="900", valid_from=date(2024, 1, 1)),
)


@pytest.mark.parametrize(
    ("icao24", "day", "told"),
    [
        ("440001", "2024-03-01", {(RemarkKind.REHEXED, True)}),
        ("440001", "2026-03-01", {(RemarkKind.REHEXED, False)}),
        ("4ca001", "2023-03-01", {(RemarkKind.REHEXED, False)}),
        ("400002", "2024-03-01", {(RemarkKind.REREGISTERED, True)}),
        ("400002", "2026-03-01", {(RemarkKind.REREGISTERED, False)}),
    ],
)
def test_an_airframe_under_another_name_is_told_and_a_late_change_is_a_finding(
    icao24: str, day: str, told: set[tuple[RemarkKind, bool]]
) -> None:
    identity = directory(SOLD).identity(icao24, parse_iso(f"{day}T12:00:00Z"))
    assert {(remark.kind, remark.telling) for remark in identity.remarks} == told


def test_the_same_serial_number_of_another_type_is_another_airframe() -> None:
    assert kinds("440001", of(row(0x440001, "OE-A", type_code="A306", serial="838"),
                              row(0x400002, "G-B", type_code="B744", serial="838"))) == set()  # fmt: skip


def test_few_aircraft_of_the_shipped_table_are_odd() -> None:
    """An identity finding must be worth reading: three in a thousand, and those are mistakes of the table."""
    known = directory(shipped_aircraft())
    sample = shipped_aircraft().address[::10]
    told = sum(any(r.telling for r in known.identity(f"{a:06x}", AT).remarks) for a in sample.tolist())
    assert 0 < told / len(sample) < 0.005


def test_a_registration_leads_to_its_addresses() -> None:
    known = directory(SOLD, of(row(0x155BE3, "RA-89059")))
    assert known.addresses_of("ra89059") == (0x155BE3,)
    assert known.addresses_of("OE-IAX") == (0x440001,)
    assert known.addresses_of("RA-86572") == (0x15522C,)
    assert known.addresses_of("nothing at all") == ()


ADDRESSES = st.lists(
    st.one_of(st.integers(0, 2**24 - 1), st.sampled_from([0x4CA001, 0x440001, 0x400002, 0xA12345, 0xAE01C5])),
    max_size=8,
)


@given(ADDRESSES, st.sampled_from(["2022-01-01", "2024-06-01"]))
def test_many_at_once_are_told_as_each_by_itself(addresses: list[int], day: str) -> None:
    known = directory(SOLD, of(row(0x440001, "OE-ZZZ", operator="Somebody", military=True)))
    at = parse_iso(f"{day}T00:00:00Z")
    labels = known.labels(np.array(addresses, np.uint32), at)
    for i, address in enumerate(addresses):
        identity = known.identity(f"{address:06x}", at)
        assert labels.registration[i] == (first_value(identity.registration) or "")
        assert labels.type_code[i] == (first_value(identity.type_code) or "")
        assert labels.operator[i] == (first_value(identity.operator) or "")
        assert labels.country[i] == (identity.country or "")
        assert bool(labels.military[i]) is bool(identity.military)


def test_of_two_rows_of_one_table_that_both_hold_the_one_that_began_last_counts() -> None:
    """A table of the past often does not say when something ended."""
    past = of(
        row(0x4B1805, "HB-IKU", operator="Old Air", valid_from=date(2010, 1, 1)),
        row(0x4B1805, "HB-IQQ", valid_from=date(2023, 1, 1)),
        row(0x4B1805, "HB-JCO"),
    )
    identity = directory(past).identity("4b1805", AT)
    assert [fact.value for fact in identity.registration][:3] == ["HB-IQQ", "HB-IKU", "HB-JCO"]
    assert first_value(identity.operator) == "Old Air"
    labels = directory(past).labels(np.array([0x4B1805], np.uint32), AT)
    assert (labels.registration, labels.operator) == (["HB-IQQ"], ["Old Air"])


@pytest.mark.parametrize(
    ("first", "second", "icao24", "military"),
    [
        (False, True, "4b1805", False),
        (True, False, "4b1805", True),
        (None, True, "4b1805", True),
        (False, None, "ae01c5", False),
        (None, None, "ae01c5", True),
    ],
)
def test_whether_it_is_military_is_for_the_most_trusted_source_that_says_so(
    first: bool | None, second: bool | None, icao24: str, military: bool
) -> None:
    address = int(icao24, 16)
    known = directory(of(row(address, "X", military=first)), of(row(address, "Y", military=second)))
    assert known.identity(icao24, AT).military is military
    assert bool(known.labels(np.array([address], np.uint32), AT).military[0]) is military


def test_what_only_a_rule_with_exceptions_tells_is_weak() -> None:
    known = directory()
    assert [fact.weak for fact in known.identity("731821", AT).registration] == [True]
    assert [fact.weak for fact in known.identity("a00001", AT).registration] == [False]


def test_a_registration_that_ran_out_and_is_what_the_register_computes_was_no_other() -> None:
    """The row ended in the year before; the aircraft flies on under the same registration."""
    assert kinds("a00002", of(row(0xA00002, "N1A", valid_to=date(2024, 1, 31)))) == set()


def test_gliders_of_one_serial_number_are_not_one_airframe_and_remarks_have_an_end() -> None:
    gliders = [
        row(0x440000 + k, f"OE-{k}", type_code="GLID", serial="001", valid_from=date(2024, 1, 1)) for k in range(9)
    ]
    assert kinds("440001", of(*gliders)) == set()
    many = [
        row(0x440000 + k, f"OE-{k}", type_code="A306", serial="838", valid_from=date(2024, 1, 1)) for k in range(20)
    ]
    assert len(directory(of(*many)).identity("440001", AT).remarks) == 8
    too_many = [row(0x440000 + k, f"OE-{k}", type_code="A306", serial="838") for k in range(40)]
    assert kinds("440001", of(*too_many)) == set()
