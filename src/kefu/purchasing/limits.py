"""Numbers of purchasing that a site may change. The weights are those of the formula in `rules.propose`."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

INTERVAL = limit("purchasing.proposal.months", 1, _("每隔几个月自动生成采购建议"), unit="months", source="STK-001")
CYCLE = limit("purchasing.proposal.cycle", 3, _("采购建议按最近几个月的销售算"), unit="months", source="STK-001")
OF_SALES = limit("purchasing.weight.sales", 100, _("采购建议：销售量计入"), unit="percent", source="STK-001")
OF_DEMAND = limit("purchasing.weight.demand", 100, _("采购建议：客户待发量计入"), unit="percent", source="STK-001")
OF_SAFETY = limit("purchasing.weight.safety", 100, _("采购建议：安全库存计入"), unit="percent", source="STK-001")
OF_LEAD = limit("purchasing.weight.lead", 0, _("采购建议：供货期内的销售量计入"), unit="percent", source="STK-001")
OF_STOCK = limit("purchasing.weight.stock", 100, _("采购建议：现有库存抵减"), unit="percent", source="STK-001")
OF_COMING = limit("purchasing.weight.coming", 100, _("采购建议：在途和未到货抵减"), unit="percent", source="STK-001")
SECOND_LEVEL = limit(
    "purchasing.approval.second", 0, _("采购申请超过多少元要两位领导审批（0 为不分级）"), unit="yuan", source="STK-002"
)
