"""From an id or a code to the object, within what the caller may see."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from kefu.kernel.errors import FieldError, OutOfScope
from kefu.kernel.ids import parse_ident

M = TypeVar("M", bound=Model)


class UnknownReference(OutOfScope):
    """A field of the body refers to what does not exist or may not be seen: 404, with the field named."""

    def __init__(self, error: FieldError) -> None:
        super().__init__()
        self.error = error

    def __reduce__(self) -> tuple[type[UnknownReference], tuple[FieldError]]:  # type: ignore[override]
        return type(self), (self.error,)


def reference(queryset: QuerySet[M], text: str, prefix: str, code_field: str = "", *, field: str = "") -> M:
    """The object with that id (`doc_3`) or, with `code_field`, that code. One query, two at most.

    `queryset` holds what the caller may see. Raises OutOfScope (404); with `field`, the name of the field in the body that
    holds the reference, the answer names it.
    """
    key = parse_ident(text, prefix)
    found = queryset.filter(pk=key).first() if key is not None else None
    if found is None and code_field and text.isprintable():
        found = queryset.filter(**{code_field: text}).first()
    if found is not None:
        return found
    if field:
        raise UnknownReference(
            FieldError(field, "unknown", _("没有找到“%(text)s”，请核对编码。") % {"text": text[:64]})
        )
    raise OutOfScope()
