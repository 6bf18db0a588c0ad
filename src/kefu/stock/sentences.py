"""What the stock says on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

DRIFT = sentence("stock.balance.drift", _("有 %(count)s 处库存和出入库记录对不上，请查明原因"))
RECALLED = sentence("stock.lot.recalled", _("批号 %(lot)s 已召回，请打开处理"))
HELD = sentence("stock.leaving.keeper", _("保管的库房"))
BREACH = sentence("stock.breach.opened", _("库区 %(zone)s 温湿度异常，请马上处理"))
CLIMATE_HOLD = sentence("stock.breach.hold", _("温湿度超出范围"))
UNKNOWN_ZONE = sentence("stock.climate.unknown_zone", _("没有这个库区，或者不在您的范围内"))
TO_VERIFY = sentence("stock.destruction.to_verify", _("销毁申请 %(number)s 等您核对数量"))
TO_APPROVE = sentence("stock.destruction.to_approve", _("销毁申请 %(number)s 等您审批"))
TO_DESTROY = sentence("stock.destruction.to_destroy", _("销毁申请 %(number)s 已批准，请两人在场销毁"))
PUT_BACK = sentence("stock.destruction.put_back", _("销毁申请 %(number)s 未批准，货已放回库存"))
TO_SEND_BACK = sentence("stock.destruction.to_send_back", _("销毁申请 %(number)s 未批准，请退回厂家"))
WITNESSED = sentence("stock.destruction.witnessed", _("销毁单 %(number)s 记您为在场见证人，请核对"))
