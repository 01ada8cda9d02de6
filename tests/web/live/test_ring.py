"""News in numbered order: nothing twice, nothing left out, and a loss is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.web.live.ring import KEPT, NewsRing

KINDS = sorted(KEPT)


@given(added=st.lists(st.sampled_from(KINDS), max_size=60), asked=st.sets(st.sampled_from(KINDS)), data=st.data())
def test_all_news_of_the_kinds_behind_a_number_come_in_order(
    added: list[str], asked: set[str], data: st.DataObject
) -> None:
    ring = NewsRing()
    for number, kind in enumerate(added, 1):
        ring.add(kind, b"%d" % number)
    after = data.draw(st.integers(0, len(added)))
    found = ring.after(after, asked)
    assert found is not None
    assert [(one.number, one.kind) for one in found] == [
        (number, kind) for number, kind in enumerate(added, 1) if number > after and kind in asked
    ]


def test_what_is_lost_of_one_kind_is_told_and_does_not_touch_another() -> None:
    ring = NewsRing()
    ring.add("alert", b"first")
    for _ in range(KEPT["gap"] + 1):
        ring.add("gap", b"{}")
    assert ring.after(1, ["alert", "gap"]) is None
    assert ring.after(0, ["alert"]) is not None
    assert len(ring.after(2, ["gap"]) or ()) == KEPT["gap"]


def test_a_number_that_was_never_given_is_no_place_to_go_on_from() -> None:
    ring = NewsRing()
    ring.add("alert", b"{}")
    assert ring.after(2, ["alert"]) is None
    assert ring.after(1, ["alert"]) == []


def test_who_waits_is_told() -> None:
    ring, told = NewsRing(), []
    ring.on_news.add(lambda: told.append(ring.number))
    ring.add("stop", b"{}")
    ring.add("stop", b"{}")
    assert told == [1, 2]
