"""Telling colleagues, and what they do with their notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.utils.translation import override

from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.notices.models import Notice
from kefu.foundation.notices.wording import text_of
from kefu.foundation.realtime.publishing import notifying, of_user, of_user_id, publish
from kefu.foundation.sentences.saying import Said, Sentence, say
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User


@within_action
def tell(
    *,
    users: Iterable[User],
    code: str,
    at: datetime,
    text: Said | Sentence | None = None,
    values: Mapping[str, object] | None = None,
    link: str = "",
    customer_id: int | None = None,
    unless_unread: bool = False,
) -> list[Notice]:
    """Ring the bell of each of these colleagues once; their open pages hear `notice`.

    `unless_unread`: not of those who have not read the last notice of the same code and link yet.

    The text is the sentence `text`, or the staff template `code` filled with `values`; either is read in the colleague's
    language. It must not carry results or other health data: bells are read across a desk. Raises LookupError
    for a code without text.
    """
    colleagues = {user.pk: user for user in users if user.is_active}.values()
    words: dict[str, str] = {}
    for language in {user.language for user in colleagues}:
        with override(language):
            words[language] = str(say(text)) if text else text_of(code, language, values or {})
    if not colleagues:
        return []
    ids, texts = [user.pk for user in colleagues], [words[user.language][:300] for user in colleagues]
    with connection.cursor() as cursor:
        cursor.execute(
            _TOLD,
            {
                "code": code,
                "link": link,
                "customer": customer_id,
                "at": at,
                "ids": ids,
                "texts": texts,
                "again": not unless_unread,
            },
        )
        made = {user_id: pk for user_id, pk, _notified in cursor.fetchall()}
    return [
        Notice(pk=made[user.pk], user=user, code=code, text=told, link=link, customer_id=customer_id, at=at)
        for user, told in zip(colleagues, texts, strict=True)
        if user.pk in made
    ]


_TOLD = f"""
    WITH told AS (
        INSERT INTO notices_notice (user_id, code, text, link, customer_id, at)
        SELECT user_id, %(code)s, text, %(link)s, %(customer)s::bigint, %(at)s
        FROM unnest(%(ids)s::bigint[], %(texts)s::text[]) colleague (user_id, text)
        WHERE %(again)s OR NOT EXISTS (
            SELECT 1 FROM notices_notice unread WHERE unread.user_id = colleague.user_id AND unread.code = %(code)s AND unread.link = %(link)s
            AND unread.read_at IS NULL
        ) RETURNING id, user_id
    )
    SELECT user_id, id, {notifying(of_user_id("user_id"), "notice", "json_build_object('id', id)")} FROM told
"""  # noqa: S608  (nothing here comes from users)
"""Plain SQL, rows and bells in one statement: nearly every action tells somebody."""


@action
def mark_read(*, notice_id: int, by: User, at: datetime) -> Notice:
    """Take one's own notice as read; the first time counts. Raises OutOfScope for anybody else's.

    Reading one's own bell is no fact about the centre, so it leaves no row in the trail.
    """
    notice = Notice.objects.select_for_update(no_key=True).filter(pk=notice_id, user=by).first()
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
