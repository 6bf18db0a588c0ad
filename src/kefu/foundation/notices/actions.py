"""Telling colleagues, and what they do with their notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import override

from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.notices.models import Notice
from kefu.foundation.notices.wording import text_of
from kefu.foundation.realtime.publishing import of_user, publish, publish_all
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User


@within_action
def tell(
    *,
    users: Iterable[User],
    code: str,
    at: datetime,
    text: object = "",
    values: Mapping[str, object] | None = None,
    link: str = "",
    customer_id: int | None = None,
) -> list[Notice]:
    """Ring the bell of each of these colleagues once; their open pages hear `notice`.

    The text is `text`, or the staff template `code` filled with `values`; a lazy translation or a template is read in the
    colleague's language. It must not carry results or other health data: bells are read across a desk. Raises LookupError
    for a code without text.
    """
    colleagues = {user.pk: user for user in users if user.is_active}.values()
    words: dict[str, str] = {}
    for language in {user.language for user in colleagues}:
        with override(language):
            words[language] = str(text) or text_of(code, language, values or {})
    told = Notice.objects.bulk_create(
        Notice(user=user, code=code, text=words[user.language][:300], link=link, customer_id=customer_id, at=at)
        for user in colleagues
    )
    publish_all((of_user(notice.user), "notice", {"id": notice.pk}) for notice in told)
    return told


@action
def mark_read(*, notice_id: int, by: User, at: datetime) -> Notice:
    """Take one's own notice as read; the first time counts. Raises OutOfScope for anybody else's.

    Reading one's own bell is no fact about the centre, so it leaves no row in the trail.
    """
    notice = Notice.objects.select_for_update().filter(pk=notice_id, user=by).first()
    if notice is None:
        raise OutOfScope()
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
        publish(of_user(by), "notice", {"id": notice.pk})
    nothing_changed()
    return notice


@action
def mark_all_read(*, by: User, at: datetime) -> int:
    """Take all one's unread notices as read; answers how many. No row in the trail, as with `mark_read`."""
    count = Notice.objects.filter(user=by, read_at__isnull=True).update(read_at=at)
    if count:
        publish(of_user(by), "notice", {})
    nothing_changed()
    return count
