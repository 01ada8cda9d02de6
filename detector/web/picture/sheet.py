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
from detector.web.picture.own import own_stops
from detector.web.picture.panel import Frame, Panel
from detector.web.picture.scene import Detail, drawn
from detector.web.picture.shapes import rectangle, text
from detector.web.picture.views import views
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
JOURNEY_HEIGHT = 230.0
TITLE_SIZES, SUBTITLE_SIZE = (25.0, 22.0, 20.0), 14.0
FACT_SIZE, HEADING_SIZE, NOTE_SIZE, LEGEND_SIZE = 11.5, 9.5, 9.5, 10.5
LEADING = 1.3
MOST_LINES = 5
"""Of one fact."""
LEGEND_COLUMNS = 3
FLIGHTS = Detail(ends=True, times=True, stops=True, towns=True, hearing=True, last=False, runways=False, name="")
CLOSE = Detail(
    ends=True, times=False, stops=False, towns=False, hearing=False, last=False, runways=True, name="Around the field"
)  # fmt: skip
JOURNEY = Detail(
    ends=False, times=True, stops=False, towns=False, hearing=False, last=True, runways=False, name="The whole journey"
)  # fmt: skip


def svg(case: PictureCase, *, name: str = "picture", width: int | None = None) -> Markup:
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
    tints = Panel("", frames["flights"][0], projection, boxes["flights"]).hearing(case.hearing)
    if "close" in boxes:
        frames["close"] = Frame(right, bottom + GAP, COLUMN, y + high - bottom - GAP), CLOSE
    y += high + GAP
    beside = "journey" in boxes
    rows, end = _legend(legend(case, way, tints), right if beside else left, y, columns=1 if beside else LEGEND_COLUMNS)
    parts += rows
    if beside:
        high = max(JOURNEY_HEIGHT, end - y)
        frames["journey"] = Frame(left, y, right - GAP - left, high), JOURNEY
        end = y + high
    y = end + GAP / 2
    panels = {key: Panel(f"{name}-{key}", frame, projection, boxes[key]) for key, (frame, _) in frames.items()}
    for key, panel in panels.items():
        parts += _map(panel, case, way, fields, frames[key][1])
    for line in (line for note in notes(case, way) for line in wrapped(note, NOTE_SIZE, WIDTH - 2 * MARGIN)):
        y += NOTE_SIZE * LEADING
        parts.append(text(line, MARGIN, y, NOTE_SIZE, fill=palette.SOFT, halo=False))
    return _document(case, [panel.clip() for panel in panels.values()], parts, round(y + MARGIN / 2), width)


def _document(case: PictureCase, clips: list[Markup], parts: list[Markup], height: int, width: int | None) -> Markup:
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
    title = headline(case.alert, case.airports, short=True)
    size = next((s for s in TITLE_SIZES if width_of(title, s, bold=True) <= room), TITLE_SIZES[0])
    for line in wrapped(title, size, room, bold=True, most=2):
        y += size
        parts.append(text(line, MARGIN, y, size, bold=True, halo=False))
        y += size * 0.2
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


def _legend(rows: list[Row], x: float, y: float, columns: int) -> tuple[list[Markup], float]:
    """The rows of the legend in columns, top to bottom, and where they end; long ones take two lines."""
    parts: list[Markup] = []
    room = (WIDTH - MARGIN - x - (columns - 1) * GAP) / columns
    lines = [wrapped(words, LEGEND_SIZE, room - SAMPLE - 8, most=2) for _, words in rows]
    each = -(-sum(map(len, lines)) // columns)
    column, filled, end = 0, 0, y
    for (sample, _), words in zip(rows, lines, strict=True):
        if filled + len(words) > each and column < columns - 1:
            column, filled = column + 1, 0
        left, top = x + column * (room + GAP), y + filled * ROW
        parts.append(element("g", *sample, transform=f"translate({left:.1f} {top:.1f})"))
        for number, line in enumerate(words):
            at = top + ROW / 2 + 4 + number * LEGEND_SIZE * LEADING
            parts.append(text(line, left + SAMPLE + 8, at, LEGEND_SIZE, halo=False))
        filled += len(words)
        end = max(end, y + filled * ROW)
    return parts, end


def _map(panel: Panel, case: PictureCase, way: Way | None, fields: Sequence[Field], detail: Detail) -> list[Markup]:
    """One map with all that is on it."""
    cut, above = drawn(panel, case, way, fields, detail)
    tints = panel.hearing(case.hearing) if detail.hearing else {}
    base = panel.clipped(*panel.base(), *tints.values(), *panel.graticule(), *cut)
    name = _named(panel, detail.name) if detail.name else []
    return [base, panel.clipped(*above), *panel.furniture(), panel.rim(), *name]


def _named(panel: Panel, words: str) -> list[Markup]:
    """The name of a map in its upper left corner."""
    frame = panel.frame
    return [
        rectangle(frame.x, frame.y, width_of(words, 10.5, bold=True) + 14, 19, fill=palette.PAPER, fill_opacity=0.85),
        text(words, frame.x + 7, frame.y + 13.5, 10.5, bold=True, halo=False),
    ]
