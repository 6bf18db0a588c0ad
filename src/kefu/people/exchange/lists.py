"""The registers of staff and of institutions, taken away as spreadsheets."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.people.permissions import PeoplePermission
from kefu.people.queries import institutions_listed, staff_listed

STAFF_LIST = register(
    Listed(
        code="people.staff", title=_("员工名册"), page="people:staff", view=(PeoplePermission.REGISTER_VIEW,), rows=staff_listed, node="node_id",
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
        rows=institutions_listed, node="node_id",
        columns=(
            (_("编号"), lambda one: one.code), (_("名称"), lambda one: one.label), (_("类别"), lambda one: one.get_kind_display()),
            (_("角色"), lambda one: "、".join(role.get_part_display() for role in one.parts)),
            (_("负责人"), lambda one: one.person_in_charge), (_("电话"), lambda one: one.phone), (_("邮箱"), lambda one: one.email),
            (_("地址"), lambda one: one.address), (_("归口"), lambda one: one.node.label),
        ),
    )
)  # fmt: skip
