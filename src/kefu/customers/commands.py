"""`kefu import customers FILE` and `kefu erasures again`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kefu.customers.actions.privacy import erase_again
from kefu.customers.erased_list import came_back, keep_list
from kefu.customers.exchange import CUSTOMERS
from kefu.foundation.audit.context import origin
from kefu.foundation.exchange.choices import Mode
from kefu.foundation.exchange.mappings import named
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.running import import_file
from kefu.foundation.exchange.workbooks import workbook
from kefu.kernel.errors import KefuError, OutOfScope
from kefu.organisation.models import User
from kefu.organisation.queries import system_user

DONE, REFUSED, USAGE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kefu import customers`; without --commit or --good-rows nothing is written."""
    parser.add_argument("file", type=Path, help="xlsx, xls, ods or csv (UTF-8, UTF-16 or GB18030)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--commit", action="store_true", help="write all rows, or none if one is bad")
    mode.add_argument("--good-rows", action="store_true", help="write the good rows and leave the bad ones")
    parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="write the bad rows with their reasons")
    parser.add_argument("--update", action="store_true", help="change people known by phone and name")
    parser.add_argument("--mapping", metavar="NAME", help="columns as saved under this name on the page of the import")
    parser.add_argument("--user", default="admin", help="act as this person (default: admin)")


def import_customers(args: argparse.Namespace) -> int:
    """Check or import customers from a spreadsheet; the default is a dry run."""
    user = User.objects.filter(username=args.user, is_active=True).select_related("node").first()
    if user is None:
        return _fail(args, USAGE, "unknown_user", f"there is no active user {args.user!r}")
    if not args.file.is_file():
        return _fail(args, USAGE, "no_file", f"there is no file {args.file}")
    mode = Mode.COMMIT if args.commit else Mode.GOOD if args.good_rows else Mode.DRY
    at: datetime = args.at
    try:
        mapping = named(CUSTOMERS, args.mapping, user).columns if args.mapping else None
    except OutOfScope:
        return _fail(args, USAGE, "unknown_mapping", f"there is no mapping {args.mapping!r}")
    try:
        with origin("command"):
            run = import_file(
                spec=CUSTOMERS,
                content=args.file.read_bytes(),
                name=args.file.name,
                mode=mode,
                update=args.update,
                mapping=mapping,
                by=user,
                at=at,
            )
    except KefuError as error:
        return _fail(args, REFUSED, error.code, str(error))
    if args.errors and run.bad:
        args.errors.write_bytes(workbook(run))
    _tell(args, run, mode)
    return REFUSED if run.bad else DONE


def _tell(args: argparse.Namespace, run: ImportRun, mode: Mode) -> None:
    if args.json:
        sys.stdout.write(json.dumps(run.result, ensure_ascii=False) + "\n")
        return
    for error in run.result["errors"]:
        sys.stdout.write(f"row {error['row']} {error['column']}: {error['message']}\n")
    written = (
        "nothing was written (dry run)"
        if mode == Mode.DRY
        else f"{run.result['created']} created, {run.result['updated']} updated"
    )
    sys.stdout.write(f"{run.result['total']} rows, {run.result['good']} good, {run.result['bad']} bad; {written}\n")


def _fail(args: argparse.Namespace, code: int, name: str, message: str) -> int:
    if args.json:
        sys.stdout.write(json.dumps({"error": {"code": name, "message": message}}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"kefu: {message}\n")
    return code


def erasures_again_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kefu erasures again`."""
    parser.add_argument("--list", type=Path, help="the list of who is erased (default: erased.txt in KEFU_HOME)")


def erasures_again(args: argparse.Namespace) -> int:
    """Erase again everybody on the list who came back with a restored backup; a second run finds nobody."""
    path: Path = args.list or Path(settings.ERASED_LIST)
    try:
        found = came_back(path)
    except (OSError, ValueError):
        return _fail(args, USAGE, "no_list", f"{path} is no list of erased customers")
    with origin("command"):
        done = sum(erase_again(customer=one, by=system_user("system"), at=args.at) for one in found)
        keep_list()
    sys.stdout.write(json.dumps({"erased": done}) + "\n" if args.json else f"{done} erased again\n")
    return DONE
