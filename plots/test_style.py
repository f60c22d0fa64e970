"""Tests of the look and of the places of things."""

import subprocess
import sys
from itertools import combinations

import pytest

from plots import chart, style
from plots.style import Look
from reports.testing import FIVE, SKETCHES


def looks() -> dict[str, Look]:
    return {label: style.look(*(label.split("/") + [None])[:2]) for label in SKETCHES}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    bend = [((p + 0.055) / 1.055) ** 2.4 for p in parts]
    r, g, b = (p / 12.92 if p <= 0.03928 else q for p, q in zip(parts, bend))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_models_differ_in_colour_and_in_marker():
    five = [style.look(model) for model in FIVE]
    for a, b in combinations(five, 2):
        assert a.colour != b.colour
        assert a.marker != b.marker


def test_a_variant_keeps_the_colour_and_is_hollow():
    for label, look in looks().items():
        model, _, variant = label.partition("/")
        if variant:
            plain = style.look(model)
            assert look.colour == plain.colour
            assert look.hollow and not plain.hollow
            assert (look.marker, look.dash) != (plain.marker, plain.dash)
    assert len({*looks().values()}) == len(SKETCHES)


def test_text_and_lines_have_enough_contrast():
    for colour in (style.INK, style.QUIET):
        assert contrast(colour, "#ffffff") >= contrast(colour, "#f4f4f4") >= 4.5
    # WCAG 1.4.11: 3:1 for what is needed to understand a picture; the
    # purple has 2.9 and is told apart by marker, dash and label as well.
    for model in FIVE:
        assert contrast(style.look(model).colour, "#ffffff") > 2.9


def test_ticks_are_round_and_few():
    assert style.ticks(0, 2100, 5, False) == [0, 500, 1000, 1500, 2000]
    assert style.ticks(0, 5e6, 3, False, 2.0**20)[1] == 2 * 2**20
    assert style.ticks(90e-6, 0.2, 4, True) == pytest.approx([1e-4, 1e-3, 1e-2, 0.1])
    # Within a decade there are some too.
    assert len(style.ticks(4.8e-3, 6.6e-3, 4, True)) > 1


def test_pyplot_is_never_loaded_and_a_look_depends_on_the_name_alone():
    # pyplot would choose a backend, open a display and keep global state. In a
    # process of its own hash() differs; the look must not.
    code = (
        "import sys; from plots import chart, figures, style\n"
        "with style.context():\n"
        "    chart.png(style.frame('t', 'n', (), 2, left=1, right=1)[0])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "print(style.look('new-model', 'odd'))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(style.look("new-model", "odd"))


def test_the_settings_of_the_user_have_no_say():
    import matplotlib

    def drawn() -> str:
        with style.context():
            figure, _ = style.frame("title", "note", (), 2, left=1, right=1)
            return chart.svg(figure, "name", "title", "words")

    plain = drawn()
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 40}):
        assert drawn() == plain
