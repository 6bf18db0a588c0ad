"""Arithmetic of the laboratory: statuses, report dates. Plain Python."""

from kefu.lab.rules.status import Facts, Stage, stage

__all__ = ["Facts", "Stage", "stage"]
