"""Figures without their PNG: most tests look at the SVG and draw half as long.

Imported by the conftest.py of plots/ and of reports/show/.
"""

import pytest

from plots import chart

real_png = chart.png


@pytest.fixture(autouse=True, scope="session")
def no_png():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chart, "png", lambda figure: b"\x89PNG")
        yield
