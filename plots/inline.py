"""A chart's SVG made fit to stand inside an HTML page among others.

Two SVG files may use the same ids and a style for everything; inside one
page both would reach into the neighbour. The drawing itself stays the same.
"""

from __future__ import annotations

import re

from plots.chart import Chart


def inline(chart: Chart) -> str:
    """The <svg> element, its ids prefixed with the chart's name, without a
    size of its own: the page decides how wide it is."""
    text = chart.svg[chart.svg.index("<svg ") :]
    text = re.sub(r"<style type=\"text/css\">.*?</style>", "", text, flags=re.S)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', text))

    def rename(match: re.Match[str]) -> str:
        name = match.group(1)
        return f' id="{chart.name}-{name}"' if name in used else ""

    text = re.sub(r' id="([^"]*)"', rename, text)
    text = re.sub(r'(url\(|href=")#([^")]+)', rf"\g<1>#{chart.name}-\g<2>", text)
    head, body = text.split(">", 1)
    head = re.sub(r' (width|height|version)="[^"]*"', "", head)
    head = head.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    head = head.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    body = body.replace("xlink:href=", "href=")
    body = body.replace("<title>", f'<title id="{chart.name}-title">', 1)
    body = body.replace("<desc>", f'<desc id="{chart.name}-desc">', 1)
    named = f'aria-labelledby="{chart.name}-title" aria-describedby="{chart.name}-desc"'
    # matplotlib writes one coordinate pair per line.
    body = re.sub(r"\n\s*", " ", body)
    return f'{head} class="chart" {named}>{body}'.strip()
