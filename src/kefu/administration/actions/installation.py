"""The ground of an empty installation: head office, roles, calendars, and the accounts under which systems act."""

from __future__ import annotations

from datetime import date, datetime

from kefu.administration.content import load_ladders, load_roles
from kefu.administration.passwords import check_new
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Invalid
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Grant, Node, Role, User
from kefu.organisation.queries import LABORATORY, SYSTEM

ADMINISTRATOR = "admin"
ALWAYS = date(2000, 1, 1)  # what is granted with the installation itself was never ungranted
SYSTEMS = (
    (SYSTEM, "0000", "系统", ADMINISTRATOR),
    (LABORATORY, "0001", "检验室系统", "laboratory_system"),
)


@action
def prepare(*, by: User | None = None, at: datetime, name: str = "总部") -> Node:
    """Make what every installation needs and does not have yet; answers the head office. Safe to repeat (ORG-001)."""
    office, made = _head_office(name)
    load_roles(by=by, at=at)
    load_ladders(by=by, at=at)
    load_calendars(by=by, at=at)
    for username, number, title, role in SYSTEMS:
        _system(office, username, number, title, role)
    record(
        "administration.installation.prepared", by=by, at=at, subject=Subject("node", office.pk), node_id=office.pk,
        changes={"head_office": (not made, True)},
    )  # fmt: skip
    return office


@action
def create_administrator(
    *,
    username: str,
    name: str,
    job_number: str,
    password: str,
    must_change: bool,
    undertaking_signed_on: date,
    by: User | None = None,
    at: datetime,
) -> User:
    """Open an administrator's account from the machine itself, in an installation that may still be empty.

    Raises Invalid (`username`, `job_number`, `password`).
    """
    office = prepare(by=by, at=at)
    for field, value in (("username", username), ("job_number", job_number)):
        if User.objects.filter(**{field: value}).exists():
            raise Invalid.one(field, "taken", f"{field} {value!r} is taken")
    user = User(
        username=username, name=name, job_number=job_number, node=office, undertaking_signed_on=undertaking_signed_on,
        must_change_password=must_change,
    )  # fmt: skip
    user.set_unusable_password()
    check_new(user, password, "password")
    user.set_password(password)
    user.save()
    _grant(user, ADMINISTRATOR, office)
    record(
        "administration.administrator.created", by=by, at=at, subject=Subject("user", user.pk), node_id=office.pk,
        changes={"username": (None, username), "job_number": (None, job_number), "role": (None, ADMINISTRATOR)},
    )  # fmt: skip
    return user


def _head_office(name: str) -> tuple[Node, bool]:
    found = Node.objects.filter(kind=NodeKind.HEAD_OFFICE, closed_on__isnull=True).order_by("pk").first()
    if found is not None:
        return found, False
    return Node.objects.get_or_create(
        code="HQ", defaults={"zh": name, "en": "Head office", "kind": NodeKind.HEAD_OFFICE, "calendar_code": "head_office"}
    )  # fmt: skip


def _system(office: Node, username: str, number: str, title: str, role: str) -> None:
    user = User.objects.filter(username=username, is_system=True).first()
    if user is None:
        user = User(username=username, job_number=number, name=title, node=office, is_system=True)
        user.set_unusable_password()
        user.save()
        _grant(user, role, office)


def _grant(user: User, role: str, node: Node) -> None:
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=node, valid_from=ALWAYS)
