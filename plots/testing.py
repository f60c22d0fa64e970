"""What the tests of figures share: views of simulated runs, and reading an SVG.

Owned by the tests of plots/; nothing else may call it.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from plots import draw
from plots.chart import Chart
from plots.layout import width
from plots.view import View
from plots.views import views
from reports.data.run import load
from reports.testing import make_run

SVG = "{http://www.w3.org/2000/svg}"


# What was simulated and drawn before: the same options give the same run.
_drawn: dict[str, dict[str, Chart]] = {}


def view_of(directory: Path, scenario: str = "cpu", **options) -> View:
    """Five rounds are enough to look at; ten are wanted to judge five models."""
    options.setdefault("scenarios", (scenario,))
    options.setdefault("repetitions", 5)
    run = load(make_run(directory, **options))
    return next(v for v in views(run) if v.scenario == scenario)


def all_charts(directory: Path, again: bool = False, **options) -> dict[str, Chart]:
    options.setdefault("repetitions", 5)
    key = repr(sorted(options.items()))
    if again or key not in _drawn:
        run = load(make_run(directory, **options))
        _drawn[key] = {c.name: c for _, charts in draw.charts(run) for c in charts}
    return _drawn[key]


def dots(svg: str) -> int:
    """How many repetitions are drawn, of all cells and panels."""
    found = 0
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("id", "").startswith("repetitions"):
            found += sum(1 for _ in group.iter(f"{SVG}use"))
    return found


def texts(svg: str) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def heights(svg: str, gid: str) -> list[float]:
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("id") == gid:
            return [float(use.get("y")) for use in group.iter(f"{SVG}use")]
    raise AssertionError(gid)


def assert_words_inside(chart: Chart) -> None:
    root = ElementTree.fromstring(chart.svg)
    _, _, width_, height = map(float, root.get("viewBox").split())
    for text in root.iter(f"{SVG}text"):
        x, y, length = box(text)
        assert -1 <= x and x + length <= width_ + 1, (chart.name, text.text)
        assert 0 <= y <= height, (chart.name, text.text)


def box(text: ElementTree.Element) -> tuple[float, float, float]:
    """Left end, base line and length of a text that is not turned."""
    size = float(re.search(r"(\d+(?:\.\d+)?)px", text.get("style")).group(1))
    length = width(text.text or "", size) * 72
    turned = re.search(r"rotate\(-90", text.get("transform", ""))
    place = re.search(r"translate\(([-\d.]+) ([-\d.]+)", text.get("transform", ""))
    if text.get("x") is not None:
        x, y = float(text.get("x")), float(text.get("y"))
    else:
        x, y = (float(part) for part in place.groups())
    if turned:
        return x, y, 0.0
    anchor = re.search(r"text-anchor: (\w+)", text.get("style"))
    shift = {"middle": 0.5, "end": 1.0}.get(anchor.group(1) if anchor else "", 0.0)
    return x - shift * length, y, length


def assert_words_apart(chart: Chart) -> None:
    """No two words of the picture lie on one another."""
    root = ElementTree.fromstring(chart.svg)
    found = []
    for text in root.iter(f"{SVG}text"):
        x, y, length = box(text)
        if length:
            size = float(re.search(r"(\d+(?:\.\d+)?)px", text.get("style")).group(1))
            found.append((x, y, length, size, text.text))
    for i, (x, y, length, size, words) in enumerate(found):
        for x2, y2, length2, size2, words2 in found[i + 1 :]:
            beside = x + length <= x2 + 1 or x2 + length2 <= x + 1
            above = abs(y - y2) >= 0.72 * min(size, size2)
            assert beside or above, (chart.name, words, words2)
