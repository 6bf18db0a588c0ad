"""What the dispatch registers say on the bell, and of themselves where it is kept."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

TO_COLLECT = sentence("dispatch.back.waits", _("货运退回 %(number)s 等人去取"))
TO_BOOK_IN = sentence("dispatch.back.collected", _("货运退回 %(number)s 已取回，请点收入库"))
WISHED = sentence("dispatch.wish.asked", _("购买单 %(number)s 有发货要求，请回复"))
ANSWERED = sentence("dispatch.wish.answered", _("购买单 %(number)s 的发货要求有了回复，请告诉客户"))
SENT_BY = sentence("dispatch.run.left", _("已装车发出：%(number)s"))
CAME_BACK = sentence("dispatch.back.received", _("货运退回，货已收回：%(number)s"))
COACH_CHANGED = sentence("dispatch.run.taken_back", _("发车信息变了或取消了"))
RETURNED_UNDELIVERED = sentence("dispatch.back.reason", _("货运退回 %(number)s"))
SECOND_LOOK = sentence("dispatch.sheet.second", _("出库核对单 %(number)s 已核对，请复核入账"))
