"""What the stock says on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

DRIFT = sentence("stock.balance.drift", _("有 %(count)s 处库存和出入库记录对不上，请查明原因"))
RECALLED = sentence("stock.lot.recalled", _("批号 %(lot)s 已召回，请打开处理"))
HELD = sentence("stock.leaving.keeper", _("保管的库房"))
