"""`kefu demo`."""

import argparse
import json
import sys
from datetime import date, datetime, timedelta

from django.utils import timezone

from kefu.config.commands.migrate import migrate_once_at_a_time
from kefu.config.demo.accounts import logins_file
from kefu.config.demo.loading import load
from kefu.config.demo.year import Played, build
from kefu.config.demo.year.building import CUSTOMERS, SEED
from kefu.customers.models import Customer
from kefu.foundation.audit.sealing import seal_trail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How big the year is; the same seed makes the same year."""
    parser.add_argument(
        "--customers", type=int, default=CUSTOMERS, help=f"how many come in the year (default {CUSTOMERS})"
    )
    parser.add_argument("--seed", default=SEED, help="another word makes another year")
    parser.add_argument("--small", action="store_true", help="only the twelve stories that the first start tells")


def main(args: argparse.Namespace) -> int:
    """Fill an empty installation with a chain of centres, its people and a year of their work."""
    migrate_once_at_a_time()
    played = _play(args)
    answer = {"customers": Customer.objects.count(), "scenes": played.steps, "logins": str(logins_file())}
    if args.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(
            "Loaded {customers} customers in {scenes} steps. The accounts are in {logins}.\n".format_map(answer)
        )
    for refusal in played.refused:
        sys.stderr.write(f"kefu: refused {refusal}\n")
    return 0


def _play(args: argparse.Namespace) -> Played:
    if args.small:
        return Played(load(at=args.at))
    played = build(at=args.at, customers=args.customers, seed=args.seed, tell=Progress(quiet=args.json))
    seal_trail(by=None, at=args.at)
    return played


class Progress:
    """Says on the error output which week is played."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._next = quiet, date.min

    def __call__(self, at: datetime) -> None:
        day = timezone.localdate(at)
        if not self._quiet and day >= self._next:
            sys.stderr.write(f"kefu: {day}\n")
            self._next = day + timedelta(days=14)
