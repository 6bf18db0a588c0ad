"""Serving what was printed, to those who may see its subject."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kefu.foundation.access.decorators import everyone
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record
from kefu.foundation.files import policies
from kefu.foundation.files.views import serve
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User


@require_GET
@everyone
def show(request: HttpRequest, print_id: int) -> HttpResponse:
    """The very PDF that was printed; the look is audited."""
    made = Print.objects.select_related("file").filter(pk=print_id).first()
    if made is None:
        raise OutOfScope()
    user = cast(User, request.user)
    policies.require_see(user, made.subject_kind, made.subject_id)
    record(
        "printing.shown", by=user, at=request.at, kind=Kind.READ, customer_id=made.customer_id,  # type: ignore[attr-defined]
        subject=Subject(made.subject_kind, made.subject_id), changes={"print": (None, made.pk)},
    )  # fmt: skip
    return serve(made.file, f"{made.document}-{made.subject_id}-v{made.version}.pdf", as_attachment=False)
