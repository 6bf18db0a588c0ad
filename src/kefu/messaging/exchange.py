"""The list of messages to customers, taken away as a spreadsheet: with the words that were sent, addresses masked as on the page."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.presenting import message_rows
from kefu.messaging.queries import messages_listed

MESSAGES = register(
    Listed(
        code="messaging.messages", title=_("消息"), page="message_list", view=(MessagingPermission.MESSAGE_VIEW,), rows=messages_listed,
        nodes=("customer__node_id",), customers=lambda row: (row.message.customer_id,), read=lambda found, _user, _at: message_rows(found),
        columns=(
            (_("时间"), lambda row: row.message.at), (_("客户"), lambda row: row.message.customer.name),
            (_("渠道"), lambda row: row.message.get_channel_display()), (_("地址"), lambda row: row.address),
            (_("内容"), lambda row: row.message.body), (_("状态"), lambda row: row.status.word), (_("原因"), lambda row: row.why),
            (_("发送人"), lambda row: row.message.by.name),
        ),
    )
)  # fmt: skip
