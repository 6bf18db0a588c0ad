"""What the stock says on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

DRIFT = sentence("stock.balance.drift", _("有 %(count)s 处库存和出入库记录对不上，请查明原因"))
RECALLED = sentence("stock.lot.recalled", _("批号 %(lot)s 已召回，请打开处理"))
HELD = sentence("stock.leaving.keeper", _("保管的库房"))
BREACH = sentence("stock.breach.opened", _("库区 %(zone)s 温湿度异常，请马上处理"))
CLIMATE_HOLD = sentence("stock.breach.hold", _("温湿度超出范围"))
UNKNOWN_ZONE = sentence("stock.climate.unknown_zone", _("没有这个库区，或者不在您的范围内"))
