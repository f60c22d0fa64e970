"""What the page says that does not come from figures: the machine in words,
the limits that follow from it, the rules of measuring, the glossary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from reports import words

# What a class predicts at these charts, where a chart's own question takes
# more than it can know beforehand. Other charts ask their own.
PREDICTIONS = defaultdict(
    str,
    {
        "in-flight": "The more jobs may wait at once, the more jobs per second: up to "
        "which model's limit? Who reaches the cap of Little's law, and who falls "
        "short of it first?",
        "mix": "Each job lives equally long, but waits less and computes more from "
        "left to right. From which share of compute on is one loop beaten on "
        "several cores, and on one?",
        "sizing": "The rule says cores × (1 + wait / compute) workers. What happens "
        "with half of them, and with twice as many?",
        "staircase": "A few long jobs are there at once. When is the first of them "
        "finished, and when the last?",
        "cpu-per-job": "Every model does the same exchange with the backend. Which "
        "of them pays most CPU time for it, and what for?",
        "memory-in-flight": "What does one more waiting job cost: in a loop, as a "
        "thread that waits, as a process that waits?",
    },
)

# Trap, and what is done about it here.
TRAPS = (
    (
        "Unequal work",
        "Every model gets the same job objects and, unless they wait or the flag "
        "fewer-jobs says otherwise, as many of them; every answer is checked against one computed "
        "beforehand. A wrong, lost or doubled job fails the repetition, and then no "
        "time is reported.",
    ),
    (
        "Starting the workers inside the clock",
        "All workers wait at a gate and the work begins for all at once. Start-up "
        "and tear-down are figures of their own.",
    ),
    (
        "CPU time that forgets children",
        "User and system time are those of the whole process tree, for all models "
        "alike.",
    ),
    (
        "Memory counted twice",
        "PSS divides shared pages among the processes that map them; it stands "
        "beside RSS, which counts them once for each.",
    ),
    (
        "“Cores” meaning three things",
        "Cores are the CPUs that a model may run on (an affinity mask). The number "
        "of workers is a figure of its own.",
    ),
    (
        "Warm-up, drift and neighbours",
        "One repetition per cell is discarded at first. Then every round runs every "
        "cell once, in a random order drawn from the seed, each repetition in a "
        "fresh process. A fixed spin probe before it, the time that the hypervisor "
        "stole and the load are recorded with it, and flagged.",
    ),
    (
        "Concurrency taken for speed",
        "With as many in flight and the same wait, no model can do more jobs per "
        "second than in flight / wait (Little's law). Models that reach this cap tie "
        "by construction; then CPU per job tells them apart. That rate × latency "
        "gives the jobs in flight is checked, and flagged where it does not.",
    ),
    (
        "A backend that is the bottleneck",
        "The backend is a process of its own, which shares the machine with the "
        "models. Its CPU time and how late it answers are recorded; where it was the "
        "limit, throughput is not judged.",
    ),
    (
        "Percentiles from too few samples",
        "p99 is given from 10,000 samples up, p99.9 from 100,000; otherwise it is "
        "left out with the reason.",
    ),
    (
        "Averages that hide the spread",
        "The unit is one repetition. Every repetition is a dot, outliers are kept, "
        "and the level is the median with its exact order-statistic interval.",
    ),
    (
        "Winners by luck",
        "Two models are compared by the Hodges-Lehmann ratio, with the interval "
        "that inverts the exact Mann-Whitney test, and p-values are adjusted by Holm "
        "over the pairs of a group. A tie means that the 90 % interval of the ratio "
        "lies within 3 % (or the noise floor of the machine, if that is more). With "
        "fewer than 5 repetitions the answer is always “can't tell”.",
    ),
    (
        "Debug or sanitizer builds",
        "They are verified, but their times are never recorded as results.",
    ),
)

GLOSSARY = (
    ("job", "One unit of work. It knows nothing of threads, processes or loops."),
    (
        "step",
        "What a job asks for next: to compute, to wait (for a clock, the network or "
        "a file), or to be finished.",
    ),
    ("scenario", "A workload: it makes the jobs and knows the right answers."),
    ("batch", "The jobs of one repetition, with their records and the start gate."),
    ("model", "Who runs the jobs, how they are handed out, how a waiting job waits."),
    ("variant", "A named change of a model, as in thread-pool/stealing."),
    ("worker", "One thread or process of a model."),
    ("cores", "CPUs that a model may use; never the number of workers."),
    (
        "in flight",
        "Jobs begun and not yet finished. Every chart gives the most that were allowed.",
    ),
    (
        "Little's law",
        "Jobs in flight = jobs per second × the mean time that a job takes, whatever "
        "the order. So with N in flight no more than N / time of a job are possible: "
        "the cap.",
    ),
    (
        "share of compute",
        "Per cent of a job's life in which it needs a CPU; the rest it waits. Along "
        "the mix axis this share grows and the life stays the same.",
    ),
    ("backend", "The process that waiting jobs ask over the network, on loopback."),
    (
        "cell",
        "Scenario, parameters, model or variant, cores, in flight and workers together.",
    ),
    ("repetition", "One run of one cell in a fresh process: the unit of statistics."),
    ("run", "All that one call of ./bench produced."),
    (
        "speed-up",
        "Jobs per second over those of another cell: of sequential, or of the same "
        "model on one core (own).",
    ),
    ("efficiency", "Speed-up divided by cores: 100 % is ideal."),
    (
        "floor",
        "The price of the bare mechanism that a model is built on, measured in the "
        "same run.",
    ),
    ("user, system", "CPU time in the program's own code, and in the kernel for it."),
    (
        "RSS, PSS",
        "Memory resident in RAM; and the same with each shared page divided by the "
        "number of processes that share it.",
    ),
    (
        "median, interval",
        "The middle repetition, and the range in which the true median lies with the "
        "confidence given.",
    ),
    (
        "wins, ties, can't tell",
        "The only three verdicts: a difference that is shown, an equality that is "
        "shown, and neither.",
    ),
)


def facts(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The machine and the programs as name and value; unknown ones say so."""
    known = context.get

    def text(key: str, unknown: str = "not known") -> str:
        value = known(key)
        return str(value) if value not in (None, "") else unknown

    cpus = known("cpus") or []
    usable = words.counted(len(cpus), "CPU") if cpus else "not known"
    if cpus:
        usable += f" (ids {', '.join(map(str, cpus))})"
    memory = known("memory_bytes")
    quota = known("cgroup_cpu_quota")
    libraries = known("libraries") or {}
    machine = "yes" if known("virtual_machine") else "no sign of one"
    return [
        ("CPU", text("cpu_model")),
        ("CPUs in the machine", text("num_cpus")),
        ("usable by the run", usable),
        ("threads sharing a core", "yes" if known("smt") else "no"),
        ("virtual machine", machine if "virtual_machine" in context else "not known"),
        ("frequency governor", text("governor", "not visible")),
        ("CPU limit of the cgroup", f"{quota:g} CPUs" if quota else "none"),
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
    if not context.get("governor"):
        found.append("Clock frequency and turbo cannot be seen or fixed here.")
    if context.get("noise_floor") is None:
        found.append(
            "The noise floor of this machine was not calibrated; a tie is then "
            "judged at 3 %."
        )
    found.append(
        "Figures in seconds and bytes belong to this machine. Ratios between models "
        "travel better, but not everywhere: run the command above on yours."
    )
    return found
