"""How clients ask, in words, and whom."""

from __future__ import annotations

from reports.data.words import COMMON as COMMON
from reports.data.words import loaded as load


def brief(value: str) -> str:
    """A load for a column: 'closed', '70 %', '500/s', '70 % of least'."""
    if value in COMMON:
        return f"70 % of {value}"
    return value if value == "closed" or value.endswith("/s") else f"{value} %"


def peer(model: str, version: str | None) -> str:
    """'nginx 1.22.1', 'node-cluster (node 18.19.0)'."""
    if not version:
        return model
    same = version.lower().startswith(f"{model} ")
    return version if same else f"{model} ({version})"
