"""Whether results.json follows the contract of its schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema

from harness.testing.command_line import ROOT, strict


def schema() -> dict[str, Any]:
    return strict((ROOT / "harness/sweep/results.schema.json").read_text())


def against_the_schema(results: dict[str, Any]) -> list[str]:
    """What is wrong, in words."""
    checker = jsonschema.Draft202012Validator(schema())
    return [
        f"{list(error.absolute_path)}: {error.message}"
        for error in checker.iter_errors(results)
    ]


def results_in(directory: Path) -> dict[str, Any]:
    return strict((directory / "results.json").read_text())
