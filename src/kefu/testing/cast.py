"""A small chain with the shipped role matrix and the people of the stories."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kefu.administration.content import load_roles
from kefu.appointments.visit_types import load_visit_types
from kefu.organisation.models import Grant, Node, Role, Room, User
from kefu.people.models import Doctor

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)  # a Monday
PEOPLE = {
    "admin": ("1002", "林示宁", "HQ", "admin"),
    "service": ("1015", "周示远", "HQ", "service_agent"),
    "supervisor": ("2008", "何示明", "HQ", "service_supervisor"),
    "consulting": ("1019", "许示安", "HQ", "consulting"),
    "director": ("2001", "何示安", "BJ", "centre_director"),
    "doctor": ("2002", "何示宁", "BJ", "doctor"),
    "doctor2": ("2003", "何示和", "BJ", "doctor"),
    "manager": ("2004", "何示文", "BJ", "health_manager"),
    "manager2": ("2005", "何示清", "BJ", "health_manager"),
    "guide": ("2006", "何示远", "BJ", "guide"),
    "keeper": ("2007", "何示平", "BJ", "branch_keeper"),
    "product_manager": ("1008", "林示明", "HQ", "product_manager"),
    "central_keeper": ("1021", "许示和", "HQ", "central_keeper"),
    "sh_doctor": ("3002", "宋示宁", "SH", "doctor"),
    "sh_manager": ("3003", "宋示和", "SH", "health_manager"),
}


@dataclass
class Cast:
    """The nodes by code, the people as attributes, and the moment the story begins."""

    at: datetime
    hq: Node
    bj: Node
    sh: Node
    system: User
    lab_system: User
    admin: User
    service: User
    supervisor: User
    consulting: User
    director: User
    doctor: User
    doctor2: User
    manager: User
    manager2: User
    guide: User
    keeper: User
    product_manager: User
    central_keeper: User
    sh_doctor: User
    sh_manager: User


def build_cast() -> Cast:
    """Create the chain, its roles and its people, in a handful of statements."""
    hq = Node.objects.create(code="HQ", zh="总部", en="Head office", kind="head_office", calendar_code="head_office")
    bj = Node.objects.create(
        code="BJ", zh="北京朝阳中心", en="Beijing Chaoyang centre", kind="centre", parent=hq, phone="010-00000000"
    )
    sh = Node.objects.create(code="SH", zh="上海徐汇中心", en="Shanghai Xuhui centre", kind="centre", parent=hq)
    Room.objects.create(code="BJ-R1", node=bj, zh="一诊室", en="Consulting room 1", kind="consulting")
    nodes = {"HQ": hq, "BJ": bj, "SH": sh}
    system, lab_system = _systems(hq)
    load_roles(only=frozenset(role for *_rest, role in PEOPLE.values()) | {"laboratory_system"}, by=None, at=AT)
    load_visit_types(by=None, at=AT)
    roles = {role.code: role for role in Role.objects.all()}
    people = {
        key: User(username=key, job_number=number, name=name, node=nodes[node], undertaking_signed_on=date(2026, 1, 5))
        for key, (number, name, node, _role) in PEOPLE.items()
    }
    for user in people.values():
        user.set_unusable_password()
    User.objects.bulk_create(people.values())
    grants = [(people[key], roles[role], nodes[node]) for key, (_n, _m, node, role) in PEOPLE.items()]
    grants += [(lab_system, roles["laboratory_system"], hq), (system, roles["admin"], hq)]
    Grant.objects.bulk_create(Grant(user=u, role=r, node=n, valid_from=date(2026, 1, 5)) for u, r, n in grants)
    Doctor.objects.bulk_create(
        Doctor(
            user=people[key],
            employment="full_time",
            specialty_zh="营养与代谢",
            certified_on=date(2026, 1, 5),
            certified_by=people["admin"],
        )
        for key in ("doctor", "doctor2", "sh_doctor")
    )
    return Cast(at=AT, hq=hq, bj=bj, sh=sh, system=system, lab_system=lab_system, **people)


def _systems(hq: Node) -> tuple[User, User]:
    made = [
        User(username=username, job_number=number, name=name, node=hq, is_system=True)
        for username, number, name in (("system", "0000", "系统"), ("lab-system", "0001", "检验室系统"))
    ]
    for user in made:
        user.set_unusable_password()
    User.objects.bulk_create(made)
    return made[0], made[1]
