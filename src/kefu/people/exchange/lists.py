"""The registers of colleagues and of institutions, taken away as spreadsheets."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.organisation.models import User
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import departure_status, standing
from kefu.people.queries import StaffOn, cases_listed, doctors_listed, institutions_listed, staff_listed, staff_on
from kefu.people.queries.attributes import attributes_listed
from kefu.people.queries.departures import departures_listed

REGISTER = (PeoplePermission.REGISTER_VIEW,)


def of_today(people: Sequence[User], _user: User, at: datetime) -> Iterable[tuple[User, StaffOn]]:
    """Each colleague with what is so of him or her today."""
    today = staff_on(people, timezone.localdate(at))
    return ((person, today[person.pk]) for person in people)


STAFF_LIST = register(
    Listed(
        code="people.staff", title=_("员工名册"), page="people:staff", view=REGISTER, rows=staff_listed, nodes=("node_id",),
        columns=(
            (_("工号"), lambda one: one.job_number), (_("姓名"), lambda one: one.name), (_("机构"), lambda one: one.node.label),
            (_("角色"), lambda one: "、".join(grant.role.label for grant in one.grants.all())),
            (_("到岗"), lambda one: one.profile.started_on if hasattr(one, "profile") else None),
        ),
    )
)  # fmt: skip
INSTITUTION_LIST = register(
    Listed(
        code="people.institutions", title=_("机构与往来单位"), page="people:institutions", view=(PeoplePermission.INSTITUTION_VIEW,),
        rows=institutions_listed, nodes=("node_id",),
        columns=(
            (_("编号"), lambda one: one.code), (_("名称"), lambda one: one.label), (_("类别"), lambda one: one.get_kind_display()),
            (_("角色"), lambda one: "、".join(role.get_part_display() for role in one.parts)),
            (_("负责人"), lambda one: one.person_in_charge), (_("电话"), lambda one: one.phone), (_("邮箱"), lambda one: one.email),
            (_("地址"), lambda one: one.address), (_("归口"), lambda one: one.node.label),
        ),
    )
)  # fmt: skip
DOCTOR_LIST = register(
    Listed(
        code="people.doctors", title=_("医生名册"), page="people:doctors", view=REGISTER, rows=doctors_listed, nodes=("user__node_id",),
        columns=(
            (_("工号"), lambda one: one.user.job_number), (_("姓名"), lambda one: one.user.name), (_("机构"), lambda one: one.user.node.label),
            (_("用工"), lambda one: one.get_employment_display()), (_("专长"), lambda one: one.specialty),
            (_("资格"), lambda one: standing(one).word), (_("核对日期"), lambda one: one.certified_on),
        ),
    )
)  # fmt: skip
CASE_LIST = register(
    Listed(
        code="people.cases", title=_("成功案例"), page="people:cases", view=REGISTER, rows=cases_listed, nodes=("doctor__user__node_id",),
        columns=(
            (_("日期"), lambda one: one.on), (_("姓名"), lambda one: one.doctor.user.name), (_("机构"), lambda one: one.doctor.user.node.label),
            (_("专长"), lambda one: one.doctor.specialty), (_("内容"), lambda one: one.text),
        ),
    )
)  # fmt: skip
DEPARTURE_LIST = register(
    Listed(
        code="people.departures", title=_("离职移交"), page="people:departures", rows=departures_listed, nodes=("node_id",),
        view=(PeoplePermission.LEAVING_VIEW, PeoplePermission.LEAVING_DECIDE),
        columns=(
            (_("工号"), lambda one: one.user.job_number), (_("姓名"), lambda one: one.user.name), (_("机构"), lambda one: one.node.label),
            (_("离职原因"), lambda one: one.get_reason_display()), (_("最后一天"), lambda one: one.last_day),
            (_("状态"), lambda one: departure_status(one).word),
        ),
    )
)  # fmt: skip
ATTRIBUTE_LIST = register(
    Listed(
        code="people.attributes", title=_("用工信息"), page="people:attributes", view=REGISTER, rows=attributes_listed, nodes=("node_id",),
        read=of_today,
        columns=(
            (_("工号"), lambda line: line[0].job_number), (_("姓名"), lambda line: line[0].name), (_("机构"), lambda line: line[0].node.label),
            (_("工种"), lambda line: line[1].job_type), (_("技能等级"), lambda line: line[1].skill_label), (_("班组"), lambda line: line[1].shift_group),
            (_("用工阶段"), lambda line: line[1].stage_label), (_("储备"), lambda line: line[1].reserve), (_("兼职"), lambda line: line[1].part_time),
            (_("更衣柜"), lambda line: line[1].locker), (_("到岗"), lambda line: line[1].started_on),
        ),
    )
)  # fmt: skip
