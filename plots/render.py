"""A figure as the bytes of its files: the same figure, the same bytes.

Called by view.py, inside style.context().
"""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib.figure import Figure

PNG_DPI = 120

_FONTS = "'DejaVu Sans', Verdana, sans-serif"


def svg(figure: Figure, title: str, description: str) -> str:
    """The figure as SVG, the same bytes for the same figure, with an
    accessible name. Must be called inside `context()`."""
    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue().decode()
    text = re.sub(r"'DejaVu Sans', [^;]*sans-serif'?", _FONTS, text)
    text = text.replace("rotate(-0 ", "rotate(0 ")
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


def png(figure: Figure) -> bytes:
    """The figure as PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return buffer.getvalue()
