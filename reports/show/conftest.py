"""What the tests in this folder share."""

from reports.testing.page import overview as overview
from plots.testing import no_png as no_png
