"""`kefu demo`."""

import argparse
import json
import sys

from kefu.config.commands.migrate import migrate_once_at_a_time
from kefu.config.demo.accounts import logins_file
from kefu.config.demo.loading import load
from kefu.customers.models import Customer


def main(args: argparse.Namespace) -> int:
    """Load the demo world into an empty installation: a chain of centres, its people, stock and twelve customers."""
    migrate_once_at_a_time()
    scenes, customers, logins = load(at=args.at), Customer.objects.count(), str(logins_file())
    if args.json:
        answer = {"customers": customers, "scenes": scenes, "logins": logins}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"Loaded {customers} customers in {scenes} steps. The accounts are in {logins}.\n")
    return 0
