from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.reference.texts import Texts

WORDS = st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=20)


@given(WORDS)
def test_every_row_gives_back_its_text_with_white_space_folded(values: list[str]) -> None:
    texts = Texts.of(values)
    assert len(texts) == len(values)
    assert [texts[row] for row in range(len(texts))] == [" ".join(value.split()) for value in values]


@given(WORDS)
def test_columns_are_all_there_is(values: list[str]) -> None:
    texts = Texts.of(values)
    number, joined = texts.columns()
    again = Texts(number, joined.tobytes())
    assert [again[row] for row in range(len(again))] == [texts[row] for row in range(len(texts))]


@given(st.lists(st.sampled_from(["RA-86572", "RA86572", "ra-86572", "A-8", "", "RA-8657", "N1"]), max_size=12))
def test_rows_are_found_whatever_their_case_and_hyphens(values: list[str]) -> None:
    texts = Texts.of(values)
    wanted = [row for row, value in enumerate(values) if value.upper().replace("-", "") == "RA86572"]
    assert texts.rows_with("ra-86572").tolist() == wanted


def test_nothing_is_found_by_nothing_or_by_a_text_with_a_newline() -> None:
    texts = Texts.of(["A", "", "B"])
    assert texts.rows_with("").tolist() == []
    assert texts.rows_with("A\nB").tolist() == []
