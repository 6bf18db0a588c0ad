"""`{% attached kind id as items %}` and `{% may_attach kind id as yes %}` for the attachments component."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from kefu.foundation.files import policies, queries
from kefu.foundation.files.models import Attachment
from kefu.organisation.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def attached(context: dict[str, object], subject_kind: str, subject_id: int) -> list[Attachment]:
    """The attachments of a subject that the reader may see; empty for others."""
    reader = _reader(context)
    if reader is None or not policies.may_see(reader, subject_kind, subject_id):
        return []
    return list(queries.attached(subject_kind, subject_id))


@register.simple_tag(takes_context=True)
def may_attach(context: dict[str, object], subject_kind: str, subject_id: int) -> bool:
    """Whether the reader may add to the subject."""
    reader = _reader(context)
    return reader is not None and policies.may_add(reader, subject_kind, subject_id)


def _reader(context: dict[str, object]) -> User | None:
    request = context.get("request")
    return request.user if isinstance(request, HttpRequest) and isinstance(request.user, User) else None
