"""A chart inside the page, whose policy allows no style attributes.

What matplotlib writes as style="fill: #fff; font: 700 15px Verdana" becomes
presentation attributes, which look the same and need no exception.
"""

from __future__ import annotations

import re

from plots.chart import Chart
from plots.inline import inline

FONT = re.compile(r"(?:(\d+) )?([\d.]+px) (.*)")


def picture(chart: Chart) -> str:
    """The <svg> element."""
    return re.sub(r' style="([^"]*)"', lambda m: attributes(m.group(1)), inline(chart))


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
