"""A figure as the bytes of its files: the same figure, the same bytes.

To be called inside style.context().
"""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib.figure import Figure

PNG_DPI = 120

_DIGITS = re.compile(r"(?<=\.\d\d)\d+")
_FONTS = "'DejaVu Sans', Verdana, sans-serif"


def svg(figure: Figure, title: str, description: str) -> str:
    """The figure as SVG, with an accessible name and with its tool tips."""
    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue().decode()
    text = re.sub(r"'DejaVu Sans', [^;]*sans-serif'?", _FONTS, text)
    text = text.replace("rotate(-0 ", "rotate(0 ")
    # A hundredth of a point is more than anybody sees.
    text = re.sub(r"<[^>]+>", lambda m: _DIGITS.sub("", m.group()), text)
    for gid, tips in getattr(figure, "tips", {}).items():
        text = _with_tips(text, gid, tips)
    name = (
        f"\n <title>{escape(title, quote=False)}</title>"
        f"\n <desc>{escape(description, quote=False)}</desc>"
    )
    return re.sub(
        r"(<svg [^>]*)>",
        lambda m: f'{m.group(1)} role="img">{name}',
        text,
        count=1,
    )


def _with_tips(text: str, gid: str, tips: list[str]) -> str:
    """A title for each mark of the group of that name."""
    start = text.index(f'<g id="{gid}">')
    end = text.index("</g>\n", text.index("<use", start))
    left = iter(tips)

    def told(match: re.Match[str]) -> str:
        return f"{match.group(1)}><title>{escape(next(left))}</title></use>"

    marks = re.sub(r"(<use [^>]*?)/>", told, text[start:end])
    return text[:start] + marks + text[end:]


def png(figure: Figure) -> bytes:
    """The figure as PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return buffer.getvalue()
