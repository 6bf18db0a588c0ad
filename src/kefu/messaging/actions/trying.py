"""Trying a template on oneself before customers get it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.outbox.actions import put
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Refused
from kefu.messaging.choices import Channel
from kefu.messaging.composing import compose
from kefu.messaging.limits import SIGNATURE, TESTS_A_DAY
from kefu.messaging.models import Template
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.shipped import sample_values
from kefu.organisation.models import User

TESTED = "messaging.template.tested"
MARK = "【测试】"


@action
def send_test(
    *, template: Template, permission: Permission = MessagingPermission.TEMPLATE_EDIT, by: User, at: datetime
) -> OutboxMessage:
    """Send the words with sample values to one's own number or mail address, marked as a test.

    Raises Forbidden, Refused `no_address` where the account has neither, `too_many` above the day's limit.
    """
    require(by, permission)
    address = {Channel.SMS: by.phone, Channel.EMAIL: by.email}
    channel = next((one for one in (Channel.SMS, Channel.EMAIL) if one in template.channels and address[one]), None)
    if channel is None:
        raise Refused("no_address", _("您的账号没有登记能收这条消息的手机或邮箱，请先登记。"))
    today = f"test:{by.pk}:{timezone.localdate(at)}:"
    done, most = OutboxMessage.objects.filter(key__startswith=today).count(), TESTS_A_DAY.on(at)
    if done >= most:
        raise Refused("too_many", _("今天已发 %(count)d 条测试消息，明天再试。") % {"count": done})
    carried = compose(template, channel, sample_values(), SIGNATURE.on(at)).carried
    carried |= {part: f"{MARK}{carried[part]}" for part in ("subject", "body") if part in carried}
    message = put(
        channel=channel, key=f"{today}{done}", payload={"to": address[channel], **carried},
        subject=Subject("messaging.template", template.pk), expires_at=at + timedelta(hours=1), at=at,
    )  # fmt: skip
    record(
        TESTED,
        by=by,
        at=at,
        subject=Subject("messaging.template", template.pk),
        changes={"channel": (None, channel), "count": (done, done + 1)},
    )
    return message
