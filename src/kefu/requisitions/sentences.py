"""What requisitions say on the bell, and of themselves where it is kept."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

SIGN = sentence("requisitions.waits.sign", _("申请单 %(number)s 等您签字"))
CHECK = sentence("requisitions.waits.check", _("申请单 %(number)s 等财务核对数据"))
APPROVE = sentence("requisitions.waits.approve", _("申请单 %(number)s 等产品部审批"))
PICK = sentence("requisitions.waits.pick", _("申请单 %(number)s 已批准，请拣货"))
ARRIVES = sentence("requisitions.waits.arrive", _("申请单 %(number)s 已发出，到货请两个人点数"))
DIFFERS = sentence("requisitions.waits.settle", _("申请单 %(number)s 到货有差异，请当天处理"))
ENDED = sentence("requisitions.ended", _("申请单 %(number)s 没有批准：%(reason)s"))
LOST = sentence("requisitions.reservation_lost", _("申请单 %(number)s 留好的货少了，请补留或减发"))
TRANSFER = sentence("requisitions.transfer", _("调拨：%(number)s"))
LENDING_ASKED = sentence("requisitions.lending.asked", _("借用单 %(number)s 等您同意"))
LENDING_DECIDED = sentence("requisitions.lending.decided", _("借用单 %(number)s 有了答复"))
LENT = sentence("requisitions.leaving.lent", _("借用的物品"))
