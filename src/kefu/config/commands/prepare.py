"""`kefu prepare`: all that must be there before the installation can be served."""

import argparse
import sys

from django.conf import settings
from django.core.management import call_command

from kefu.config.commands.migrate import migrate_once_at_a_time


def prepare(args: argparse.Namespace) -> int:
    """Bring tables and static files up to date; load the demo world into an empty installation that is not production."""
    migrate_once_at_a_time()
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.PRODUCTION:
        from kefu.config.first_data import load_first_data

        load_first_data(at=args.at)
    else:
        from kefu.config.demo import load_if_empty  # a production installation never loads this code

        load_if_empty(at=args.at)
    if args.json:
        sys.stdout.write("{}\n")
    return 0
