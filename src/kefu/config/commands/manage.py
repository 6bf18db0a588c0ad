"""`kefu manage`."""

import argparse

from django.core.management import execute_from_command_line


def manage(args: argparse.Namespace) -> int:
    """Run a Django command, such as `kefu manage shell`."""
    execute_from_command_line(["kefu manage", *args.rest])
    return 0
