"""A chart's SVG made fit to stand inside an HTML page among others.

Two SVG files may use the same ids and a style for everything; inside one
page both would reach into the neighbour. Nor does the page's policy allow style
attributes: style="fill: #fff; font: 700 15px Verdana" becomes presentation
attributes. The drawing itself stays the same.
"""

from __future__ import annotations

import re

from plots.chart import Chart

FONT = re.compile(r"(?:(\d+) )?([\d.]+px) (.*)")
XMLNS = re.compile(r' (width|height|version|xmlns|xmlns:xlink)="[^"]*"')


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
    text = re.sub(r' style="([^"]*)"', lambda m: attributes(m.group(1)), text)
    head, body = text.split(">", 1)
    body = body.replace("xlink:href=", "href=")
    body = body.replace("<title>", f'<title id="{chart.name}-title">', 1)
    body = body.replace("<desc>", f'<desc id="{chart.name}-desc">', 1)
    named = f'aria-labelledby="{chart.name}-title" aria-describedby="{chart.name}-desc"'
    # matplotlib writes one coordinate pair per line.
    body = re.sub(r"\n\s*", " ", body)
    return f'{XMLNS.sub("", head)} class="chart" {named}>{body}'.strip()


def attributes(style: str) -> str:
    """The declarations of a style, as attributes with a space before each."""
    found: dict[str, str] = {}
    for declaration in filter(None, map(str.strip, style.split(";"))):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        font = FONT.fullmatch(value) if name == "font" else None
        if font:
            weight, size, family = font.groups()
            found |= {"font-size": size, "font-family": family}
            found |= {"font-weight": weight} if weight else {}
        else:
            found[name] = value
    return "".join(f' {name}="{value}"' for name, value in found.items())
