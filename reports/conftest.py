"""Runs that many tests read and none changes: simulated once."""

import pytest

from reports.testing import FIVE
from reports.testing.judging import run_of


@pytest.fixture(scope="session")
def cpu(tmp_path_factory):
    """cpu, null and primitives of the five models on 1 and 2 cores, 10 rounds."""
    scenarios = ("cpu", "null", "primitives")
    return run_of(tmp_path_factory.mktemp("cpu"), *scenarios)


@pytest.fixture(scope="session")
def io(tmp_path_factory):
    models = (*FIVE, "prefork/blocking")
    tune = {"thread-pool": (50, 200)}
    return run_of(tmp_path_factory.mktemp("io"), "io", models=models, tune=tune)


@pytest.fixture(scope="session")
def http(tmp_path_factory):
    requests = {"peers": ("nginx", "node"), "floor": True}
    options = {"models": (*FIVE, "event-loop/offload"), "requests": requests}
    return run_of(tmp_path_factory.mktemp("http"), "http", "head-of-line", **options)
