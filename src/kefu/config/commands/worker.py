"""`kefu worker`."""

import argparse

from django.core.management import call_command

CONCURRENCY = 4
GRACE_SECONDS = 3  # below that of `serve`, so that an interrupted job is given back, not lost to SIGKILL


def worker(args: argparse.Namespace) -> int:
    """Run jobs until SIGINT or SIGTERM."""
    options = {"--concurrency": CONCURRENCY, "--shutdown-graceful-timeout": GRACE_SECONDS}
    call_command("procrastinate", "worker", *(f"{name}={value}" for name, value in options.items()))
    return 0
