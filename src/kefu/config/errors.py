"""Refusals of the command line, each with its exit code."""


class MissingPrerequisite(Exception):
    """Something this machine lacks, in words that say how to get it; the program ends with exit code 3."""


class UsageError(Exception):
    """The command was called wrongly; the program ends with exit code 2."""
