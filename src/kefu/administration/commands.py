"""`kefu admin create`, `kefu token create` and `kefu audit verify`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date

from django.utils import timezone

from kefu.administration.actions.installation import create_administrator
from kefu.administration.passwords import temporary_password
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.context import origin
from kefu.foundation.audit.queries import Verdict, verify
from kefu.foundation.audit.rules import Fault, FaultKind
from kefu.kernel.errors import Invalid, KefuError
from kefu.organisation.models import User

DONE, REFUSED = 0, 1
HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})", re.ASCII)
FAULTS = {
    FaultKind.ROW_CHANGED: "seal {seal}: row {row} was changed",
    FaultKind.ROW_MISSING: "seal {seal}: row {row} was taken away",
    FaultKind.ROW_ADDED: "seal {seal}: row {row} was slipped in",
    FaultKind.SEAL_CHANGED: "seal {seal}: the seal itself was changed, or KEFU_SECRET is not the one it was made with",
    FaultKind.SEAL_MISSING: "seal {seal}: the seal is missing or another one",
}


def admin_create_arguments(parser: argparse.ArgumentParser) -> None:
    """Who the administrator is."""
    parser.add_argument("--username", required=True, help="the name to log in with")
    parser.add_argument("--name", required=True, help="the person's own name")
    parser.add_argument("--job-number", required=True, help="the number stamped on each record")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from the standard input")
    parser.add_argument(
        "--undertaking-signed-on", type=date.fromisoformat, metavar="DAY",
        help="day on which the confidentiality undertaking was signed (default: today)",
    )  # fmt: skip


def admin_create(args: argparse.Namespace) -> int:
    """Make an administrator; an empty installation gets its head office, roles and calendars. Without --password-stdin a
    password is printed that must be changed at the first login."""
    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else temporary_password()
    try:
        with origin("command"):
            user = create_administrator(
                username=args.username, name=args.name, job_number=args.job_number, password=password,
                must_change=not args.password_stdin, at=args.at,
                undertaking_signed_on=args.undertaking_signed_on or timezone.localdate(args.at),
            )  # fmt: skip
    except KefuError as error:
        return _refuse(error, args)
    shown = {} if args.password_stdin else {"password": password}
    if args.json:
        _say(json.dumps({"username": user.username, "job_number": user.job_number, **shown}, ensure_ascii=False))
    else:
        _say(f"{user.username} may log in." + (f" Password, shown only now: {password}" if shown else ""))
    return DONE


def token_create_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose token, and what for."""
    parser.add_argument("--user", required=True, help="login name or job number of the person the token acts as")
    parser.add_argument("--name", default="command line", help="what the token is for")


def token_create(args: argparse.Namespace) -> int:
    """Make an API token that acts as a person, and print it; it cannot be read again."""
    user = User.objects.filter(username=args.user).first() or User.objects.filter(job_number=args.user).first()
    try:
        if user is None:
            raise Invalid.one("user", "unknown", f"nobody has the login name or job number {args.user!r}")
        with origin("command"):
            token = issue_token(user=user, name=args.name, by=None, at=args.at)
    except KefuError as error:
        return _refuse(error, args)
    _say(json.dumps({"token": token}) if args.json else token)
    return DONE


def audit_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """What is known from earlier."""
    parser.add_argument(
        "--head",
        type=_head,
        metavar="NUMBER:HASH",
        help="a head printed earlier and kept elsewhere; it must still be there",
    )


def audit_verify(args: argparse.Namespace) -> int:
    """Look at every sealed row of the audit trail; says which batch and row was changed, taken away or slipped in (SEC-003)."""
    verdict = verify(args.head)
    if args.json:
        _say(json.dumps(_verdict(verdict)))
    else:
        for fault in verdict.faults:
            _say(_words(fault))
        head = f"; head {verdict.head[0]}:{verdict.head[1]}" if verdict.head else ""
        state = f"{len(verdict.faults)} faults" if verdict.faults else "untouched"
        _say(f"{state}: {verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet{head}")
    return REFUSED if verdict.faults else DONE


def _head(text: str) -> tuple[int, str]:
    found = HEAD.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError("a head is written as NUMBER:HASH, as `kefu audit verify` prints it")
    return int(found[1]), found[2]


def _words(fault: Fault) -> str:
    return FAULTS[fault.kind].format(seal=fault.seal, row=fault.row)


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "seals": verdict.seals, "rows": verdict.rows, "unsealed": verdict.unsealed,
        "head": f"{verdict.head[0]}:{verdict.head[1]}" if verdict.head else None,
        "faults": [{"kind": fault.kind, "seal": fault.seal, "row": fault.row, "message": _words(fault)} for fault in verdict.faults],
    }  # fmt: skip


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _refuse(error: KefuError, args: argparse.Namespace) -> int:
    if args.json:
        _say(json.dumps({"error": {"code": error.code, "message": str(error)}}, ensure_ascii=False))
    else:
        sys.stderr.write(f"kefu: {error}\n")
    return REFUSED
