"""Tests of charts inside the page: the same look without a style attribute."""

from __future__ import annotations

import pytest

from reports.show.page_picture import attributes


@pytest.mark.parametrize(
    "style, written",
    [
        ("fill: none; stroke: #d9d9d9", ' fill="none" stroke="#d9d9d9"'),
        ("stroke-dasharray: 1.5,2.4; ", ' stroke-dasharray="1.5,2.4"'),
        ("fill: url(#a-b)", ' fill="url(#a-b)"'),
        (
            "font: 700 15px 'DejaVu Sans', sans-serif; text-anchor: end",
            ' font-size="15px" font-family="\'DejaVu Sans\', sans-serif"'
            ' font-weight="700" text-anchor="end"',
        ),
        ("font: 18.5px Verdana", ' font-size="18.5px" font-family="Verdana"'),
        ("", ""),
    ],
)
def test_a_style_becomes_attributes(style, written):
    assert attributes(style) == written
