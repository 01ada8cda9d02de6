from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detector.domain.errors import InputError
from detector.reference.ofac.entries import Refused, SdnAircraft, SdnList, entry
from detector.reference.ofac.sdn_csv import read_sdn_csv

DAY = date(2025, 1, 15)
FILE = Path(__file__).parent / "data" / "sdn.csv"
SAMPLE = Path(__file__).parents[3] / "data" / "reference" / "ofac_sdn_aircraft_2020.csv"
HEAD = "ent_num,name,tail,program,model,msn,construction_no,mode_s,operator,linked_to\n"


@pytest.fixture(scope="module")
def read() -> tuple[SdnList, Refused]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return read_sdn_csv(file, "sdn.csv", DAY)


def test_all_that_the_remarks_tell_of_an_aircraft_is_taken(read: tuple[SdnList, Refused]) -> None:
    assert read[0].entries[0] == SdnAircraft(
        identifier="99001",
        name="ZZ-AAA",
        tails=("ZZ-AAA",),
        previous_tails=("ZZ-AAX", "ZZ-AAY"),
        mode_s=("abc123",),
        model="IL76-TD",
        serial="1023400000",
        construction_no="8401",
        operator="EXAMPLE AIR",
        linked_to=("EXAMPLE AIR",),
        programmes=("SDGT", "IRGC", "IFSR"),
    )


def test_an_aircraft_listed_by_its_serial_number_is_taken_as_such(read: tuple[SdnList, Refused]) -> None:
    entry = read[0].entries[1]
    assert (entry.name, entry.tails, entry.serial) == ("MSN 391", (), "391")
    assert entry.programmes == ("VENEZUELA-EO13884",)
    assert entry.linked_to == ("CONSORCIO DE EJEMPLO, S.A.",)


def test_several_linked_parties_are_kept_apart(read: tuple[SdnList, Refused]) -> None:
    assert read[0].entries[-1].linked_to == ("DOE ROE, John Example", "EXAMPLE INDUSTRIES LTD.")
    assert read[0].entries[-1].tails == ("ZZ-AAG",)


def test_a_code_that_is_no_address_is_left_out_with_a_note(read: tuple[SdnList, Refused]) -> None:
    assert read[0].entries[1].mode_s == ()
    assert any("line 5" in note and "'42424'" in note for note in read[1].notes)


def test_a_name_that_is_a_registration_is_one(read: tuple[SdnList, Refused]) -> None:
    assert (read[0].entries[2].name, read[0].entries[2].tails) == ("ZZ-AAC", ("ZZ-AAC",))


@pytest.mark.parametrize(
    ("name", "tails"),
    [
        *(("EP-GOM", ("EP-GOM",)), ("YV3533", ("YV3533",)), ("N488RC", ("N488RC",)), ("P4-MES", ("P4-MES",))),
        *(("ra-76842", ("RA-76842",)), ("MSN 391", ()), ("MSN391", ()), ("391", ()), ("SALWAN", ())),
        *(("AIRBUS A340", ()), ("JY-JAV ", ("JY-JAV",))),
    ],
)
def test_a_name_of_another_form_is_none(name: str, tails: tuple[str, ...]) -> None:
    assert entry("99", name, {})[0].tails == tails


def test_an_entry_that_nothing_can_be_known_by_is_taken_with_a_note() -> None:
    found, (note,) = entry("99003", "AN AIRCRAFT", {})
    assert found.name == "AN AIRCRAFT"
    assert note == "entry 99003 (AN AIRCRAFT) names no registration, address or serial number to know it by"


def test_what_is_no_aircraft_is_counted(read: tuple[SdnList, Refused]) -> None:
    assert read[1].others == 3


def test_broken_rows_are_refused_with_their_line_and_cost_no_other_row(read: tuple[SdnList, Refused]) -> None:
    assert [row.split(":")[0] for row in read[1].rows] == ["line 7", "line 8", "line 9", "line 10"]
    columns, number, quotation, twice = read[1].rows
    assert "6 columns, not 12" in columns
    assert "'X9005'" in number
    assert "not a row of CSV" in quotation
    assert "stands further up" in twice
    assert [entry.identifier for entry in read[0].entries] == ["99001", "99002", "99003", "99007"]


def test_the_file_tells_no_days_of_listing(read: tuple[SdnList, Refused]) -> None:
    assert read[0].dated == DAY
    assert {(entry.listed_from, entry.dated_by) for entry in read[0].entries} == {(None, "")}


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[3] = lines[3].rstrip()[:-1] + "\n"
    found, refused = read_sdn_csv(lines, "x", DAY)
    assert refused.rows[0].startswith("line 4: not a row of CSV")
    assert "99001" not in [entry.identifier for entry in found.entries[:1]]
    assert len(found.entries) == 4  # the second row with the number 99001 is now the first one


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(read: tuple[SdnList, Refused]) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    lines[0] = "\ufeff" + lines[0]
    assert read_sdn_csv((line + "\r\n" for line in lines), "sdn.csv", DAY) == read


def test_the_shipped_sample_is_read_whole() -> None:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        found, refused = read_sdn_csv(file, SAMPLE.name, DAY)
    assert len(found.entries) == 277
    assert refused == Refused()
    assert {code for entry in found.entries for code in entry.mode_s} == {"140ae7", "400065", "424b32"}
    by_name = {entry.name: entry for entry in found.entries}
    assert by_name["EP-FAA"].linked_to == ("QESHM FARS AIR",)
    assert by_name["YV1003"].linked_to[0].endswith(" AEREOS, S.A.")
    assert by_name["VP-CSP"].linked_to == ("LINBURG INDUSTRIES LTD.",)
    assert by_name["MSN 371"].tails == ("YI-NAC",)
    assert by_name["UR-CKX"].serial == "3131"


def test_a_row_of_the_table_with_a_bad_code_is_taken_without_it() -> None:
    found, refused = read_sdn_csv([HEAD, "1,ZZ-A,ZZ-A,SDGT,B,1,2,40006G,O,L\n"], "x", DAY)
    assert found.entries[0].mode_s == ()
    assert len(refused.notes) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["\x1a"],
        ["hello\n"],
        ["ent_num,name,tail\n", "1,ZZ-A,ZZ-A\n"],
        ["<?xml version='1.0'?>\n"],
        ['1,"A",-0- ,"CUBA"\n'],
    ],
)
def test_another_file_is_an_error_in_one_line(lines: list[str]) -> None:
    with pytest.raises(InputError, match=r"^x: neither SDN.CSV \(12 columns.*") as caught:
        read_sdn_csv(lines, "x", DAY)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lines", [[HEAD], FILE.read_text(encoding="utf-8").splitlines()[:3]])
def test_a_list_without_aircraft_is_an_error(lines: list[str]) -> None:
    with pytest.raises(InputError, match=r"^x: no aircraft in it"):
        read_sdn_csv(lines, "x", DAY)


def test_what_a_terminal_obeys_or_nobody_sees_is_left_out_of_every_field() -> None:
    odd = "\u202e\x1b[2J \x07"
    row = f"1,ZZ{odd}-A,ZZ{odd}-A,SD{odd}GT,B\u200b747{odd},24\u2066576.{odd},8{odd}67,4000{odd}65,O{odd},L{odd}L.\n"
    found, refused = read_sdn_csv([HEAD, row.replace(odd, "\u202e\x07")], "x", DAY)
    assert found.entries == (
        SdnAircraft(
            identifier="1", name="ZZ-A", tails=("ZZ-A",), programmes=("SDGT",), model="B747", serial="24576",
            construction_no="867", mode_s=("400065",), operator="O", linked_to=("LL",),
        ),
    )  # fmt: skip
    assert refused == Refused()
    found, refused = read_sdn_csv([HEAD, row, f"{odd},A,,,,,,,,\n", f"2,{odd[0]},,,,,,,,\n"], "x", DAY)
    told = [*refused.rows, *refused.notes, *(str(getattr(found.entries[0], name)) for name in ("name", "model"))]
    assert all(text.isprintable() for text in told)
    assert found.entries[0].name == "ZZ[2J -A"
    assert "entry 2 has no name" in refused.rows[1]


def test_a_line_without_end_is_an_error_in_one_line() -> None:
    lines = [HEAD, "1,ZZ-A,ZZ-A,SDGT,B,1,2,,O,L\n", "2,ZZ-B," + "x" * 1_000_000]
    with pytest.raises(InputError, match=r"^x:3: a line of more than 1,000,000 characters") as caught:
        read_sdn_csv(lines, "x", DAY)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_row_of_a_megabyte_costs_that_row_alone() -> None:
    lines = [HEAD, "1,ZZ-A,ZZ-A,SDGT,B,1,2,,O,L\n", "2,ZZ-B," + "x" * 900_000 + "\n"]
    found, refused = read_sdn_csv(lines, "x", DAY)
    assert len(found.entries) == 1
    assert refused.rows[0].startswith("line 3: not a row of CSV")


def test_a_registration_of_the_past_alone_is_something_to_know_an_aircraft_by() -> None:
    row = '1,"ZZ-A","aircraft","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Previous Aircraft Tail Number ZZ-B."\n'
    found, refused = read_sdn_csv([row], "x", DAY)
    assert (found.entries[0].tails, found.entries[0].previous_tails) == ((), ("ZZ-B",))
    assert refused.notes == ()


@pytest.mark.parametrize("left_out", [1, 3, 12])
def test_a_list_that_breaks_off_is_refused_whole(left_out: int) -> None:
    """Whoever stands in the missing part would count as taken off."""
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)[:5]
    lines[-1] = lines[-1].rstrip()[: -len(", -0- ") * left_out] if left_out > 1 else lines[-1].rstrip()[:-1]
    with pytest.raises(InputError, match=r"^sdn\.csv:5: the last line breaks off"):
        read_sdn_csv(lines, "sdn.csv", DAY)


def test_the_last_line_may_lack_its_end() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert read_sdn_csv([*text.splitlines(keepends=True)[:2], text.splitlines()[3]], "x", DAY)[0].entries
