"""Who stands in for whom, taken away as a spreadsheet by those who make the rotas."""

from django.utils.translation import gettext_lazy as _

from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.stand_ins import stand_ins_listed
from kefu.foundation.exchange.lists import Listed, register

STAND_INS = register(
    Listed(
        code="administration.stand_ins", title=_("代班"), page="administration:stand_ins", view=(AdministrationPermission.STAND_IN_ARRANGE,),
        rows=stand_ins_listed, nodes=("absent__node_id",),
        columns=(
            (_("替谁"), lambda one: one.absent.name), (_("谁来代"), lambda one: one.substitute.name), (_("从"), lambda one: one.starts_at),
            (_("到"), lambda one: one.ends_at), (_("原因"), lambda one: one.reason), (_("接受时间"), lambda one: one.accepted_at),
        ),
    )
)  # fmt: skip
