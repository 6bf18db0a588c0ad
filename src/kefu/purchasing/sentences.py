"""What purchasing says on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

ASKED = sentence("purchasing.request.asked", _("采购申请 %(number)s（%(amount)s）等您审批"))
APPROVED = sentence("purchasing.request.approved", _("采购申请 %(number)s 已批准，采购单可以发给厂家"))
DECLINED = sentence("purchasing.request.declined", _("采购申请 %(number)s 没有批准，请打开看原因"))
NOT_SENT = sentence("purchasing.order.not_sent", _("采购单 %(number)s 没有发出去，请打开处理"))
DIFFERS = sentence("purchasing.delivery.differs", _("到货 %(number)s 两个人数的不一样，请一起重数"))
AGREED = sentence("purchasing.delivery.agreed", _("到货 %(number)s 两个人数的一致，可以入库"))
