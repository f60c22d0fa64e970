"""What the tests in this folder share."""

from plots.testing import no_png as no_png
