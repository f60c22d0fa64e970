"""What the tests of figures share: views of simulated runs, and reading an SVG.

Owned by the tests of plots/; of others those of the page may call no_png.
"""

import re
from pathlib import Path
from typing import Any, Callable
from xml.etree import ElementTree

import pytest

from plots import chart as charts
from plots.chart import Chart
from plots.figures import FIGURES, views
from plots.style import width
from plots.view import View
from reports.data.run import load
from reports.testing import make_run, write_lines

real_png = charts.png
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True, scope="session")
def no_png():
    """Most tests look at the SVG, and draw half as long without the PNG."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "png", lambda figure: b"\x89PNG")
        yield


def view_of(directory: Path, scenario: str = "cpu", **options: Any) -> View:
    """Five rounds are enough to look at; ten are wanted to judge five models."""
    options.setdefault("scenarios", (scenario,))
    options.setdefault("repetitions", 5)
    run = load(make_run(directory, **options))
    return next(v for v in views(run) if v.scenario == scenario)


def changed(directory: Path, change: Callable[..., Any], **options: Any) -> list[View]:
    """Of a run with every entry passed through `change`, which alters it or
    gives the entries in its place."""
    run, entries = load(make_run(directory, **{"repetitions": 5, **options})), []
    for entry in (dict(one.raw) for one in run.recorded):
        found = change(entry)
        entries += [entry] if found is None else found
    write_lines(directory, entries)
    return views(load(directory))


def chart(view: View, kind: str) -> Chart:
    """The one chart of that kind."""
    (found,) = (c for f in FIGURES if f.kind == kind and (c := f.chart(view)))
    return found


def kinds(view: View) -> list[str]:
    return [figure.kind for figure in FIGURES if figure.cut(view)]


def column(found: Chart, title: str) -> dict[tuple, Any]:
    """A column of the table by what stands before it in its row."""
    titles = [one.title for one in found.table.columns]
    at = titles.index(title)
    place = [titles.index(t) for t in ("model", "cores") if t in titles] or [0]
    limit = [titles.index(t) for t in ("in flight, asked",) if t in titles]
    return {tuple(r[k] for k in place + limit): r[at] for r in found.table.rows}


def dots(svg: str, kind: str = "repetitions") -> int:
    """How many repetitions are drawn, of all cells and panels."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    some = (group for group in groups if f"-{kind}-" in group.get("id", ""))
    return sum(1 for group in some for _ in group.iter(f"{SVG}use"))


def tips(svg: str) -> list[str]:
    """The tool tips of marks."""
    root = ElementTree.fromstring(svg)
    found = (use.find(f"{SVG}title") for use in root.iter(f"{SVG}use"))
    return [title.text or "" for title in found if title is not None]


def texts(svg: str) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def assert_words_are_inside_and_apart(found: Chart) -> None:
    """No word leaves the picture, and no two lie on one another."""
    root = ElementTree.fromstring(found.svg)
    _, _, wide, high = map(float, root.get("viewBox").split())
    boxes = [box for text in root.iter(f"{SVG}text") if (box := _box(text))]
    for i, (x, y, length, size, words) in enumerate(boxes):
        assert -1 <= x and x + length <= wide + 1, (found.name, words)
        assert 0 <= y <= high, (found.name, words)
        for x2, y2, length2, size2, words2 in boxes[i + 1 :]:
            beside = x + length <= x2 + 1 or x2 + length2 <= x + 1
            above = abs(y - y2) >= 0.72 * min(size, size2)
            assert beside or above, (found.name, words, words2)


def _box(text: ElementTree.Element) -> tuple[float, float, float, float, str] | None:
    """Left end, base line, length and size of a text."""
    size, words = float(text.get("font-size").removesuffix("px")), text.text or ""
    length = width(words, size) * 72 * (1.12 if text.get("font-weight") else 1)
    place = re.search(r"translate\(([-\d.]+) ([-\d.]+)", text.get("transform", ""))
    x, y = map(float, place.groups() if place else (text.get("x"), text.get("y")))
    shift = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
    return (x - shift * length, y, length, size, words) if words else None
