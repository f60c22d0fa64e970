"""What was measured: the files of a run as typed objects, and how they are named."""

from reports.data.cells import Cell as Cell
from reports.data.entries import Repetition as Repetition
from reports.data.metrics import Metric as Metric
from reports.data.run import Run as Run
from reports.data.workloads import Group as Group, Workload as Workload
