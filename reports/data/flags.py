"""What a flag of a repetition means to its reader."""

from __future__ import annotations

FLAGS = {
    "backend-bound": "the backend was the limit; only CPU per job is judged",
    "backend-late": "the backend answered over 10 % of the wait later than asked",
    "cores-not-independent": "together the CPUs are 1.5 times slower than each alone",
    "cpu-exceeds-wall": "more CPU time than cores and wall time allow: one is wrong",
    "cpu-shared": "backend or load generator ran on the model's CPUs",
    "far-apart": "a cache line takes over 250 ns between two of the CPUs",
    "fewer-jobs": "a shorter batch for a slow model; rates compare, totals do not",
    "generator-bound": "requests/s are lower bounds; only CPU per request is judged",
    "late": "the load generator was late; latencies are upper bounds, not judged",
    "little": "jobs in flight differ over 5 % from rate x latency (Little's law)",
    "mixed-cores": "cores of different speeds: the last ones add less",
    "neighbours": "other processes took over 5 % of the CPUs",
    "oversubscribed": "more workers than cores",
    "probe-slow": "the CPUs were over 10 % slower than in the middle of the run",
    "rate-missed": "less than 99 % of the offered requests were answered in time",
    "stolen": "the hypervisor gave CPU time to somebody else",
    "suspended": "three times as long as its computing and waiting explain",
    "throttled": "a cgroup's CPU quota held it back",
    "unbalanced": "one loop had over a quarter more than its share of the requests",
}
