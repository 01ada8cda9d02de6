"""A picture as PNG, by resvg (extra `pictures`), with the fonts that come along: no machine's own ones are used."""

from __future__ import annotations

import importlib.resources

from detector.domain.errors import UsageError

WIDTHS = (200, 8_000)
"""Pixels, least and most."""
DEFAULT_WIDTH = 1_600
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
FAMILY = "DejaVu Sans"


def png(svg: str, width: int = DEFAULT_WIDTH) -> bytes:
    """The same picture and version of resvg give the same bytes. Raises UsageError where resvg is missing."""
    try:
        import resvg_py  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError("a PNG needs the package resvg-py: install stop-detector[pictures], or write .svg") from error
    folder = importlib.resources.files("detector.web").joinpath("assets/fonts")
    with importlib.resources.as_file(folder) as fonts:
        drawn: bytes = resvg_py.svg_to_bytes(
            svg_string=svg, width=width, skip_system_fonts=True, font_files=[str(fonts / name) for name in FONTS],
            font_family=FAMILY, sans_serif_family=FAMILY,
        )  # fmt: skip
    return bytes(drawn)
