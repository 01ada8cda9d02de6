from __future__ import annotations

import pytest

from detector.reference.headings import heading_of_ident


@pytest.mark.parametrize(
    ("ident", "heading"),
    [
        ("17", 170.0),
        ("07R", 70.0),
        ("36", 0.0),
        ("9", 90.0),
        ("058", 58.0),
        ("360", 0.0),
        ("ne", 45.0),
        ("08H", 80.0),
        ("37", None),
        ("00", None),
        ("H1", None),
        ("ALL", None),
        ("", None),
    ],
)
def test_a_designator_tells_its_direction_or_nothing(ident: str, heading: float | None) -> None:
    assert heading_of_ident(ident) == heading
