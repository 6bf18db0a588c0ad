"""Arithmetic of the laboratory: statuses, report dates. Plain Python."""

from kefu.lab.rules.dates import DueDate, Reckoning, counts_from, report_due
from kefu.lab.rules.status import Facts, Stage, stage

__all__ = ["DueDate", "Facts", "Reckoning", "Stage", "counts_from", "report_due", "stage"]
