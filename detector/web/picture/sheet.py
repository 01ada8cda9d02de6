"""The whole picture: title, map, facts, a closer map, the journey, what the lines mean, and the sources.

title
map of the flights   | facts
| around the field
the whole journey    | what the lines mean
notes and sources
"""

from __future__ import annotations

from collections.abc import Sequence

from detector.web.picture import palette
from detector.web.picture.case import PictureCase
from detector.web.picture.facts import Fact, facts
from detector.web.picture.legend import ROW, SAMPLE, Row, legend
from detector.web.picture.lettering import width as width_of
from detector.web.picture.lettering import wrapped
from detector.web.picture.notes import notes, subtitle
from detector.web.picture.panel import Frame, Panel
from detector.web.picture.scene import Detail, drawn
from detector.web.picture.shapes import rectangle, text
from detector.web.picture.views import own_stops, views
from detector.web.replay_map.cards import headline
from detector.web.replay_map.fields import Field, fields_of
from detector.web.replay_map.lines import Way, way_of
from detector.web.replay_map.markup import Markup, element

WIDTH = 1200.0
MARGIN = 28.0
GAP = 14.0
COLUMN = 384.0
"""Of facts."""
MAP_HEIGHT = 560.0
CLOSE_HEIGHT = 230.0
JOURNEY_HEIGHT = 210.0
TITLE_SIZE, SUBTITLE_SIZE = 25.0, 14.0
FACT_SIZE, HEADING_SIZE, NOTE_SIZE, LEGEND_SIZE = 11.5, 9.5, 9.5, 10.5
LEADING = 1.3
MOST_LINES = 5
"""Of one fact."""
LEGEND_COLUMNS = 3
NAMES = {"close": "Around the field", "journey": "The whole journey"}
FLIGHTS = Detail(ends=0, times=True, stops=True, towns=True)
CLOSE = Detail(ends=0, times=False, stops=False, towns=False)
JOURNEY = Detail(ends=1, times=True, stops=False, towns=False)


def svg(case: PictureCase, *, name: str = "picture", width: int | None = None) -> str:
    """The picture as a document of its own. The same case gives the same bytes.

    `name` begins the ids in it, for where several stand in one page; `width`: in pixels, as high as that makes it.
    """
    track = case.track
    way = None if track is None or not len(track) else way_of(track, own_stops(case), case.airports)
    fields = fields_of(case.airports, [case.alert], own_stops(case), [] if way is None else [way.track])
    projection, boxes = views(case, way, fields)
    parts, y = _title(case)
    left, right = MARGIN, WIDTH - MARGIN - COLUMN
    column, bottom = _facts(facts(case, way), right, y)
    parts += column
    high = max(MAP_HEIGHT, bottom - y + (GAP + CLOSE_HEIGHT if "close" in boxes else 0.0))
    frames = {"flights": (Frame(left, y, right - GAP - left, high), FLIGHTS)}
    if "close" in boxes:
        frames["close"] = Frame(right, bottom + GAP, COLUMN, y + high - bottom - GAP), CLOSE
    y += high + GAP
    rows = legend(case, way)
    if "journey" in boxes:
        high = max(JOURNEY_HEIGHT, len(rows) * ROW)
        frames["journey"] = Frame(left, y, right - GAP - left, high), JOURNEY
        parts += _legend(rows, right, y, columns=1)
    else:
        high = -(-len(rows) // LEGEND_COLUMNS) * ROW
        parts += _legend(rows, left, y, columns=LEGEND_COLUMNS)
    y += high + GAP / 2
    panels = {key: Panel(f"{name}-{key}", frame, projection, boxes[key]) for key, (frame, _) in frames.items()}
    for key, panel in panels.items():
        parts += _map(panel, case, way, fields, frames[key][1])
        parts += _named(panel, NAMES[key]) if key in NAMES else []
    for line in (line for note in notes(case, way) for line in wrapped(note, NOTE_SIZE, WIDTH - 2 * MARGIN)):
        y += NOTE_SIZE * LEADING
        parts.append(text(line, MARGIN, y, NOTE_SIZE, fill=palette.SOFT, halo=False))
    return _document(case, [panel.clip() for panel in panels.values()], parts, round(y + MARGIN / 2), width)


def _document(case: PictureCase, clips: list[Markup], parts: list[Markup], height: int, width: int | None) -> str:
    paper = rectangle(0, 0, WIDTH, height, fill=palette.PAPER)
    title = element("title", headline(case.alert, case.airports))
    wide = width or round(WIDTH)
    return element(
        "svg", title, element("defs", *clips), paper, *parts, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:.0f} {height}", width=wide, height=round(height * wide / WIDTH), role="img",
    )  # fmt: skip


def _title(case: PictureCase) -> tuple[list[Markup], float]:
    room = WIDTH - 2 * MARGIN
    parts: list[Markup] = []
    y = MARGIN
    for line in wrapped(headline(case.alert, case.airports), TITLE_SIZE, room, bold=True, most=2):
        y += TITLE_SIZE
        parts.append(text(line, MARGIN, y, TITLE_SIZE, bold=True, halo=False))
        y += TITLE_SIZE * 0.2
    for line in wrapped(subtitle(case), SUBTITLE_SIZE, room, most=2):
        y += SUBTITLE_SIZE * LEADING
        parts.append(text(line, MARGIN, y, SUBTITLE_SIZE, fill=palette.SOFT, halo=False))
    return parts, y + GAP


def _facts(told: list[Fact], x: float, y: float) -> tuple[list[Markup], float]:
    """The column of facts, and where it ends."""
    parts: list[Markup] = []
    for heading, words in told:
        y += HEADING_SIZE
        parts.append(text(heading.upper(), x, y, HEADING_SIZE, bold=True, fill=palette.SOFT, halo=False))
        for line in wrapped(words, FACT_SIZE, COLUMN, most=MOST_LINES):
            y += FACT_SIZE * LEADING
            parts.append(text(line, x, y, FACT_SIZE, halo=False))
        y += FACT_SIZE * 0.7
    return parts, y


def _legend(rows: list[Row], x: float, y: float, columns: int) -> list[Markup]:
    """The rows of the legend in columns, top to bottom."""
    parts: list[Markup] = []
    each = -(-len(rows) // columns)
    room = (WIDTH - MARGIN - x) / columns - SAMPLE - GAP
    for number, (sample, words) in enumerate(rows):
        left, top = x + (number // each) * (room + SAMPLE + GAP), y + (number % each) * ROW
        parts.append(element("g", *sample, transform=f"translate({left:.1f} {top:.1f})"))
        line = wrapped(words, LEGEND_SIZE, room - 8, most=1)[0]
        parts.append(text(line, left + SAMPLE + 8, top + ROW / 2 + 4, LEGEND_SIZE, halo=False))
    return parts


def _map(panel: Panel, case: PictureCase, way: Way | None, fields: Sequence[Field], detail: Detail) -> list[Markup]:
    """One map with all that is on it."""
    cut, above = drawn(panel, case, way, fields, detail)
    base = panel.clipped(*panel.base(), *panel.hearing(case.hearing), *panel.graticule(), *cut)
    return [base, panel.clipped(*above), *panel.furniture(), panel.rim()]


def _named(panel: Panel, words: str) -> list[Markup]:
    """The name of a map in its upper left corner."""
    frame = panel.frame
    return [
        rectangle(frame.x, frame.y, width_of(words, 10.5, bold=True) + 14, 19, fill=palette.PAPER, fill_opacity=0.85),
        text(words, frame.x + 7, frame.y + 13.5, 10.5, bold=True, halo=False),
    ]
