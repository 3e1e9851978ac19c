"""One chart as an SVG file that needs nothing else: sizes in pixels, colours and fonts written into it.

The page's own chart is stretched by the browser and coloured by its style sheet; other programs know neither.
Here every length becomes pixels, nested drawings become groups, and classes become attributes. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

Element = ElementTree.Element

WIDTH = 1000
MARGIN = 40
HANGING = 26
LEFT, RIGHT = 96, 132
"""Room for the labels of the axis, and for the newest value and the target."""
FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Segoe UI',Helvetica,Arial,sans-serif"
PAPER, WASH, LINE, RULE, MARK = "#fbfaf7", "#f3f1ec", "#e0ddd5", "#c6c2b8", "#86837a"
INK, INK_2, INK_3 = "#21201c", "#55534c", "#6a675f"
ACCENT, BETTER, WORSE = "#0b5854", "#1b5aa8", "#ab4808"

HALO = {"paint-order": "stroke", "stroke": PAPER, "stroke-width": "4", "stroke-linejoin": "round"}
LOOKS: Mapping[str, Mapping[str, str]] = {
    "lane": {"fill": WASH},
    "band": {"fill": WASH},
    "trial": {"fill": "url(#hatch)"},
    "limit": {"fill": "none", "stroke": MARK, "stroke-dasharray": "1 3"},
    "centre": {"stroke": MARK},
    "grid": {"stroke": LINE},
    "axis": {"stroke": RULE},
    "hatch": {"stroke": RULE},
    "gap": {"stroke": INK_3, "stroke-dasharray": "2 3"},
    "gap-run": {"opacity": "0.7"},
    "break": {"stroke": INK_3},
    "target": {"stroke": ACCENT, "stroke-dasharray": "7 4", "stroke-width": "1.5"},
    "target-label": {"fill": ACCENT, **HALO},
    "stem": {"stroke": RULE},
    "whisker": {"fill": "none", "stroke": MARK},
    "trace": {"fill": "none", "stroke": INK_2, "stroke-width": "1.4", "stroke-linejoin": "round"},
    "dots": {"fill": "none", "stroke": INK, "stroke-width": "4.6", "stroke-linecap": "round"},
    "large": {"stroke-width": "6.2"},
    "dot-mark": {"fill": INK},
    "open-mark": {"fill": PAPER, "stroke": INK, "stroke-width": "1.4"},
    "is-better": {"stroke": BETTER, "stroke-width": "2"},
    "former": {"fill": PAPER},
    "ring": {"fill": "none", "stroke": INK},
    "was": {"stroke": MARK, "stroke-dasharray": "2 2"},
    "m-worse": {"fill": WORSE, "stroke": PAPER},
    "m-better": {"fill": BETTER, "stroke": PAPER},
    "m-doubt": {"fill": PAPER, "stroke": INK_2, "stroke-width": "1.3", "stroke-dasharray": "2 1.6"},
    "pin": {"fill": PAPER, "stroke": INK},
    "flag": {"fill": PAPER, "stroke": INK_2},
    "pin-no": {"font-size": "10", "font-weight": "700", "fill": INK, "text-anchor": "middle"},
    "v": {"font-size": "12", "font-weight": "600", "fill": INK, **HALO},
    "worse": {"fill": WORSE},
    "better": {"fill": BETTER},
    "said": {"fill": INK, **HALO},
    "fin": {"text-anchor": "end"},
    "end": {"text-anchor": "end"},
    "mid": {"text-anchor": "middle"},
    "middle": {"text-anchor": "middle"},
}
"""What the style sheet says of each class in the light theme; later classes of an element win."""
WITHOUT_LOOKS = frozenset({"chart", "minor", "ylab", "start", "pin-range", "spots"})
"""Classes that only matter on a page."""

SHAPES = {"diamond": "M0-6 6 0 0 6-6 0Z", "small-diamond": "M0-4.6 4.6 0 0 4.6-4.6 0Z"}
HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<path d="M-1 7 7-1" stroke="{RULE}"/></pattern></defs>'
)
_ACROSS = ("x", "x1", "x2", "cx", "width")
_COMMAND = re.compile(r"([MLHVhZz])([^MLHVhZz]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """The words around the chart: above it what it is and what it says, below it its notes and its source."""

    title: str
    about: str
    says: Sequence[str]
    notes: Sequence[tuple[str, str]]
    """What the numbers and letters on the chart stand for."""
    source: str


def chart_file(chart: str, told: Told) -> str:
    """The chart of a page (its `<svg class="chart">`) with its words, as a file."""
    drawn = ElementTree.fromstring(chart)  # noqa: S314  # our own template made it
    height = float(drawn.get("height", "0"))
    plot = WIDTH - LEFT - RIGHT
    body = Element("g")
    for child in drawn:
        body.extend(_flat(child, plot))
    above = [_text(told.title, MARGIN, 54, size=24, weight="700", fill=INK)]
    y = 80.0
    above.append(_text(told.about, MARGIN, y, size=13, fill=INK_3))
    for line in _lines(told.says, size=14):
        y += 24
        above.append(_text(line, MARGIN, y, size=14, fill=INK))
    top = y + 28
    body.set("transform", f"translate({LEFT} {_short(top)})")
    y = top + height + 14
    below = []
    for mark, note in told.notes:
        y += 20
        below.append(_text(mark, MARGIN, y, size=12, weight="700", fill=INK))
        for line in _lines([note], size=12, indent=HANGING):
            below.append(_text(line, MARGIN + HANGING, y, size=12, fill=INK_2))
            y += 18
        y -= 18
    y += 36
    below.append(_text(told.source, MARGIN, y, size=11, fill=INK_3))
    return _written(body, [*above, body, *below], round(y + 28), told)


def _written(body: Element, parts: Sequence[Element], height: int, told: Told) -> str:
    said = " ".join([told.about, *told.says])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="{FONTS}">'
        f"<title>{_escaped(told.title)}</title><desc>{_escaped(said)}</desc>{HATCH}"
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
        + "".join(ElementTree.tostring(part, encoding="unicode") for part in parts)
        + "</svg>\n"
    )


def _flat(element: Element, across: float) -> list[Element]:
    """The element in pixels; what only tells or is pointed at is left out."""
    classes = element.get("class", "").split()
    if element.tag in ("title", "desc") or "spots" in classes:
        return []
    if element.tag == "svg":
        return [_group(element, across)]
    made = Element("path" if element.tag == "use" else element.tag)
    for name, value in element.attrib.items():
        if name in ("class", "id", "role", "vector-effect") or name.startswith("aria-"):
            continue
        made.set(name, _pixels(value, across) if name in _ACROSS else value)
    if element.tag == "use":
        _as_path(made)
    for name, value in _looks(element.tag, classes):
        made.set(name, value)
    made.text, made.tail = element.text, element.tail if element.tag == "tspan" else None
    for child in element:
        made.extend(_flat(child, across))
    return [made]


def _group(element: Element, across: float) -> Element:
    """A drawing within the drawing: stretched to the width, or moved to its place."""
    made = Element("g")
    view = element.get("viewBox")
    if view is not None:
        stretch = across / float(view.split()[2])
        for child in element:
            for path in _flat(child, across):
                path.set("d", _stretched(path.get("d", ""), stretch))
                made.append(path)
        return made
    x, y = _pixels(element.get("x", "0"), across), element.get("y", "0")
    made.set("transform", f"translate({x} {y})")
    for child in element:
        made.extend(_flat(child, across))
    return made


def _as_path(made: Element) -> None:
    """A shape that the page defines once and uses by its name."""
    shape = made.attrib.pop("href").removeprefix("#")
    made.set("transform", f"translate({made.attrib.pop('x')} {made.attrib.pop('y')})")
    made.set("d", SHAPES[shape])


def _looks(tag: str, classes: Sequence[str]) -> Iterator[tuple[str, str]]:
    if tag == "text":
        yield from (("font-size", "11"), ("fill", INK_2))
    for name in classes:
        yield from LOOKS.get(name, {}).items()


def _pixels(length: str, across: float) -> str:
    """`50%` of the width in pixels; a plain number stays."""
    return _short(float(length[:-1]) / 100 * across) if length.endswith("%") else length


def _stretched(path: str, by: float) -> str:
    """The path with everything that runs across stretched."""
    return "".join(_stretched_command(match[1], match[2], by) for match in _COMMAND.finditer(path))


def _stretched_command(command: str, numbers: str, by: float) -> str:
    found = [float(number) for number in _NUMBER.findall(numbers)]
    if command in "Hh":
        found = [number * by for number in found]
    elif command in "ML":
        found = [number * by if place % 2 == 0 else number for place, number in enumerate(found)]
    return command + " ".join(_short(number) for number in found)


def _text(text: str, x: float, y: float, *, size: int, fill: str, weight: str = "400") -> Element:
    made = Element(
        "text",
        {"x": _short(x), "y": _short(y), "font-size": str(size), "font-weight": weight, "fill": fill},
    )
    made.text = text
    return made


def _lines(paragraphs: Sequence[str], *, size: int, indent: int = 0) -> Iterator[str]:
    """The paragraphs cut into lines that fit; Chinese may be cut anywhere, words not."""
    room = (WIDTH - 2 * MARGIN - indent) / size
    for paragraph in paragraphs:
        line, used = "", 0.0
        for piece in re.findall(r"[^\s\u2e80-\uffff]+\s*|\s+|[\u2e80-\uffff]\s*", paragraph):
            wide = sum(1.0 if character >= "\u2e80" else 0.56 for character in piece)
            closes = piece[0] in "，。；：、）”》"
            if line and used + wide > room and not closes:
                yield line.rstrip()
                line, used = "", 0.0
            line, used = line + piece, used + wide
        if line.strip():
            yield line.rstrip()


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
