"""`make bench`: fill a database for each size, measure every case on all of them in turn, print and keep the figures.

Exit code 1 when a bar is missed, 3 when the database server can't be started, 2 for a wrong argument.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from bench.sizes import Size, parse_sizes
from kefu.config.embedded import EmbeddedError, guarded

if TYPE_CHECKING:
    from bench.databases import Database  # needs Django's settings

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "bench"
RESULTS = ROOT / "bench" / "results.json"
DONE, MISSED, USAGE, NO_SERVER = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with the arguments of the command line."""
    asked = _arguments(arguments)
    try:
        with guarded(HOME, database="bench", fast=False) as server:
            _prepare_django(server)
            return _measure(server, asked)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return NO_SERVER


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default="10k,100k", help="customers, such as 10k,100k,1m")
    parser.add_argument("--only", default="", metavar="WORD", help="cases whose name contains the word")
    parser.add_argument("--reuse", action="store_true", help="keep databases that an earlier run has filled")
    parser.add_argument("--times", type=int, default=1, help="measure so many times as long")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[Size]:
    try:
        return parse_sizes(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _prepare_django(server: str) -> None:
    """Settings read the environment once, so it is complete before they are imported."""
    own = {"DJANGO_SETTINGS_MODULE": "kefu.config.settings", "DATABASE_URL": server, "KEFU_HOME": str(HOME),
           "KEFU_ENV": "demo", "KEFU_TEST_CLOCK": "1", "KEFU_POOL": "", "KEFU_DEBUG": ""}  # fmt: skip
    os.environ.update(own)
    import django

    django.setup()


def _measure(server: str, asked: argparse.Namespace) -> int:
    from bench import report
    from bench.cases import measure
    from bench.databases import name_of
    from bench.world.building import fill, found

    with ExitStack() as opened:
        _ready(server, Size(0, "chain"), found, asked.reuse).close()
        chain = name_of("chain")
        databases = [
            opened.enter_context(closing(_ready(server, size, fill, asked.reuse, chain))) for size in asked.sizes
        ]
        results = measure(databases, only=asked.only, times=asked.times)
    verdicts = report.judge(results)
    sys.stdout.write(report.table(verdicts))
    if not asked.only:
        report.write(results, RESULTS)
    return MISSED if any(not verdict.held for verdict in verdicts) else DONE


def _ready(
    server: str, size: Size, filling: Callable[[Database], None], reuse: bool, template: str = "template1"
) -> Database:
    """The filled database of a size; one that cannot be filled is not left behind."""
    from bench.databases import connect, drop, make, mark_filled

    made = make(server, size.label, template=template, reuse=reuse)
    database = connect(server, size)
    if made:
        started = monotonic()
        try:
            filling(database)
        except BaseException:
            database.close()
            drop(server, size.label)
            raise
        mark_filled(server, size.label)
        sys.stdout.write(f"{size.label}: filled in {monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    return database


if __name__ == "__main__":
    sys.exit(main())
