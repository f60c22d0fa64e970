"""What the page says that comes from no figure: questions to predict, the
rules of measuring, the glossary."""

from __future__ import annotations

from collections import defaultdict

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
        "served": "As many clients as the title says ask again as soon as they have "
        "their answer. Which model answers most, and does a well-known server answer "
        "more than ours?",
        "cpu-per-request": "Every server reads, parses and answers the same bytes. Which "
        "of them spends most CPU time on that, and what for?",
        "hockey-stick": "Clients ask at half of what a server can do, then at 70 and at "
        "90 %. Draw the latency over the rate: a straight line?",
        "spectrum": "The median is one thing. How many times the median does the slowest "
        "request in a thousand take, and what would a client see that waits for each "
        "answer before it asks again?",
        "time-line": "One request in a hundred computes for long. Under which models do "
        "the others notice?",
        "cheap": "By how many times does a pool beside the loop shorten the p99 of the "
        "cheap requests?",
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
        "second than in flight / wait (Little's law). Models that reach this cap are "
        "equal by construction; then CPU per job tells them apart. That rate × latency "
        "gives the jobs in flight is checked, and flagged where it does not.",
    ),
    (
        "A backend that is the bottleneck",
        "The backend is a process of its own, which shares the machine with the "
        "models. Its CPU time and how late it answers are recorded; where it was the "
        "limit, throughput is not judged.",
    ),
    (
        "A load generator that takes the server's CPUs",
        "It runs on CPUs of its own where there are any left. Where there are none the "
        "cell is flagged cpu-shared, and only CPU per request is compared.",
    ),
    (
        "Measuring the load generator",
        "It reports its own CPU time and how late it sent. If it was busy and the server "
        "was not, the cell is flagged generator-bound and wins nothing on requests/s.",
    ),
    (
        "Coordinated omission",
        "A client that waits for an answer before it asks again asks less while the "
        "server stalls, and never counts what others would have waited. So open loops "
        "send at a fixed rate, whatever the answers do, and latency counts from the "
        "intended send. The naive figure stands beside it.",
    ),
    (
        "Timeouts that vanish",
        "A request that is not answered in time counts with the time limit as its "
        "latency. Every request that was sent is in exactly one column of the accounts.",
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
        "Two models are compared round by round: the ratio of each round, its "
        "Hodges-Lehmann pseudo-median, and the interval that inverts the exact "
        "signed-rank test. All pairs of a workload, core count and measure hold "
        "together at 95 %. Equal means that the whole interval lies within 5 % (or "
        "the noise floor of the machine, if that is more). Where there are too few "
        "rounds for such an interval, nothing is decided.",
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
    (
        "closed loop",
        "Each client asks again as soon as it has its answer, so a slow server is asked "
        "less. It shows the capacity, not the latency that people would see.",
    ),
    (
        "open loop",
        "Requests are sent at a rate of their own, whatever the answers do, as from many "
        "people who know nothing of each other.",
    ),
    ("capacity", "Requests per second in the closed loop."),
    (
        "head-of-line blocking",
        "Cheap work waits behind expensive work that came first.",
    ),
    (
        "p50, p90, p99",
        "The latency that 50, 90 or 99 of 100 requests do not exceed.",
    ),
    ("peer", "A well-known server, measured the same way: a line to look at."),
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
        "wins, equal, undecided",
        "The only three verdicts: a difference that is shown, an equality that is "
        "shown, and neither, with the bounds between which the truth lies.",
    ),
)
