"""Requests as words: what clients ask for, how they ask, and whom.

Pure functions of an entry's parameters, plain ASCII.
"""

from __future__ import annotations

from typing import Any, Mapping

# Told only where they are not what they are by default.
_QUIET = {
    "keep_alive": "yes",
    "idle_connections": 0,
    "arrival": "poisson",
    "timeout_ms": 10_000,
}
# What another word says already, or what belongs to some routes only.
_TOLD = frozenset(
    "route request_us request_ms request_bytes connections load rate size "
    "heavy_ms heavy_share".split()
)


# Open loops at one rate for all models, the lower one first.
COMMON = ("least", "median")


def work(scenario: str, params: Mapping[str, Any]) -> str:
    """'/plaintext requests (64 connections)', '/cpu requests of 100 us (...)',
    'cheap requests beside 1 % of 50 ms (1,000/s, 64 connections)'."""
    notes = []
    what = asked(params)
    if scenario == "head-of-line":
        what = "cheap requests beside {:.3g} % of {:g} ms".format(
            params.get("heavy_share") or 0, params.get("heavy_ms") or 0
        )
        if params.get("rate"):
            notes.append(f"{params['rate']:,.0f}/s")
    if params.get("connections"):
        count = params["connections"]
        notes.append(f"{count:,} connection{'' if count == 1 else 's'}")
    rest = {k: v for k, v in params.items() if v is not None and _QUIET.get(k) != v}
    notes += [_note(k, v) for k, v in sorted(rest.items()) if k not in _TOLD]
    if scenario == "http" and (params.get("load") or params.get("rate")):
        rate = params.get("rate")
        notes.append(load(f"{rate:g}/s" if rate else str(params["load"])))
    return f"{what} ({', '.join(notes)})" if notes else what


def asked(params: Mapping[str, Any]) -> str:
    """'/mixed requests of 100 us and a wait of 5 ms'."""
    route = "/" + str(params.get("route") or "").lstrip("/")
    what = f"{route} requests"
    us, ms = params.get("request_us"), params.get("request_ms")
    if route == "/cpu" and us:
        what += f" of {us:g} us"
    if route == "/io" and ms:
        what += f" that wait {ms:g} ms"
    if route == "/mixed" and us and ms:
        what += f" of {us:g} us and a wait of {ms:g} ms"
    if route == "/bytes" and params.get("request_bytes"):
        what += f" of {params['request_bytes']:,} bytes"
    return what


def _note(key: str, value: Any) -> str:
    if key == "keep_alive":
        return "a new one for each request"
    if key == "idle_connections":
        return f"{value:,} idle ones beside them"
    if key == "arrival":
        return "evenly spaced" if value == "constant" else str(value)
    if key == "timeout_ms":
        return f"timeout {value:g} ms"
    return f"{key.replace('_', ' ')} {value}"


def load(value: str) -> str:
    """'closed loop', 'open loop at 70 % of capacity', 'open loop at 500/s',
    'open loop at 70 % of the least capacity'."""
    if value in COMMON:
        return f"open loop at 70 % of the {value} capacity"
    if value == "closed":
        return "closed loop"
    if value.endswith("/s"):
        return f"open loop at {float(value[:-2]):,.0f}/s"
    return f"open loop at {value} % of capacity"


def brief(value: str) -> str:
    """The same for a column: 'closed', '70 %', '500/s', '70 % of least'."""
    if value in COMMON:
        return f"70 % of {value}"
    return value if value == "closed" or value.endswith("/s") else f"{value} %"


def peer(model: str, version: str | None) -> str:
    """'nginx 1.22.1', 'node-cluster (node 18.19.0)'."""
    if not version:
        return model
    same = version.lower().startswith(f"{model} ")
    return version if same else f"{model} ({version})"
