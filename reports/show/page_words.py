"""What the page says of the machine in words, and of the limits that follow
from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.data import words


def facts(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The machine and the programs as name and value; unknown ones say so."""
    known = context.get

    def text(key: str, unknown: str = "not known") -> str:
        value = known(key)
        return str(value) if value not in (None, "") else unknown

    def whether(key: str, no: str) -> str:
        return {True: "yes", False: no}.get(known(key), "not known")

    cpus = known("cpus") or []
    usable = words.counted(len(cpus), "CPU") if cpus else "not known"
    if cpus:
        usable += f" (ids {', '.join(map(str, cpus))})"
    memory = known("memory_bytes")
    quota = known("cgroup_cpu_quota")
    libraries = known("libraries") or {}
    return [
        ("CPU", text("cpu_model")),
        ("CPUs in the machine", text("num_cpus")),
        ("usable by the run", usable),
        ("physical cores", cores_text(context) or "not known"),
        ("threads sharing a core", whether("smt", "no")),
        ("virtual machine", whether("virtual_machine", "no sign of one")),
        ("frequency governor", text("governor", "not visible")),
        ("CPU limit of the cgroup", f"{quota:g} CPUs" if quota else "none seen"),
        ("memory", words.size(memory) if memory else "not known"),
        ("kernel", text("kernel")),
        ("system", text("os")),
        ("compiler", text("compiler")),
        *((name, str(version)) for name, version in sorted(libraries.items())),
        ("bench", f"{text('bench_version')}, commit {text('git_commit')}"),
        ("build", text("build_type")),
        ("date", text("date")),
        ("host", text("host_name")),
    ]


def cores_text(context: Mapping[str, Any]) -> str:
    """How many physical cores, and of a hybrid how many of each kind."""
    kinds = context.get("core_kinds")
    if kinds:
        each = [f"{one['cores']} {one['kind']}" for one in kinds]
        return f"{words.listed(each)} cores"
    count = context.get("physical_cores")
    return str(count) if count else ""


def plan(context: Mapping[str, Any]) -> str:
    """How often, how long and in which order; what is not known is left out."""
    known = context.get
    text = f"Rounds in random order, seed {known('seed', 'not known')}"
    if known("repetitions"):
        text += f"; {words.counted(known('repetitions'), 'repetition')} a cell"
        if known("duration_seconds"):
            text += f" of about {known('duration_seconds'):g} s"
    if known("warmup_seconds"):
        text += f", after a discarded warm-up of {known('warmup_seconds'):g} s"
    text += "."
    if known("record_bytes_per_job"):
        text += (
            f" Each job keeps a record of {known('record_bytes_per_job')} bytes in "
            "shared memory."
        )
    return text


def calibrated(context: Mapping[str, Any]) -> list[str]:
    """Which number of iterations a wish for a length was turned into; jobs
    that compute nothing have none."""
    found = []
    for entry in context.get("calibration") or []:
        size, seconds = entry.get("size"), entry.get("seconds")
        if size is None or seconds is None:
            continue
        asked = "asked for"
        if entry.get("job_us"):
            asked = f"{entry['job_us']:,} us asked for, calibrated once to"
        elif entry.get("cpu_share") is not None:
            asked = f"{words.share(entry['cpu_share'])} compute, calibrated once to"
        elif entry.get("compute_us"):
            asked = f"{entry['compute_us']:,} us of compute, calibrated once to"
        kernel = f", {entry['kernel']}" if entry.get("kernel") else ""
        found.append(
            f"{entry.get('scenario')}{kernel}: {asked} size {size:,}, which takes "
            f"{words.seconds(seconds)} on one core."
        )
    return found


def limits(context: Mapping[str, Any]) -> list[str]:
    """What this machine cannot show, as far as the run's file tells."""
    found = []
    cores = context.get("effective_cores") or context.get("num_cpus")
    if isinstance(cores, int):
        found.append(
            f"This machine gives a run {words.counted(cores, 'core')}. What happens "
            "on more was not measured and cannot be read off these charts."
        )
    if context.get("virtual_machine"):
        found.append(
            "This is a virtual machine: its CPUs may be hardware threads of shared "
            "cores, and other guests may slow them down. Stolen time is recorded; a "
            "busy sibling thread or a shared cache cannot be seen from inside."
        )
    if context.get("smt"):
        found.append(
            "Some of the CPUs share a physical core, so the last ones add less than "
            "the first ones; physical cores are used first."
        )
    if context.get("core_kinds"):
        first = context["core_kinds"][0]["cores"]
        found.append(
            f"This machine has {cores_text(context)}. Cells of up to "
            f"{words.counted(first, 'core')} use the first kind; larger ones mix them "
            "and are flagged mixed-cores."
        )
    if not context.get("governor"):
        found.append("Clock frequency and turbo cannot be seen or fixed here.")
    if context.get("noise_floor") is None:
        found.append(
            "The noise floor of this machine was not calibrated; equal then means "
            "within 5 %."
        )
    found.append(
        "Figures in seconds and bytes belong to this machine. Ratios between models "
        "travel better, but not everywhere: run the command above on yours."
    )
    return found
