"""Serving, attaching and withdrawing files. Who may is the subject's policy; the answer to others is 404."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record
from kefu.foundation.files import actions, policies, storage
from kefu.foundation.files.models import Attachment, StoredFile
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User


@require_GET
@everyone
def show(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The bytes, with their own type; the look is audited."""
    attachment = _seen(request, attachment_id)
    record(
        "files.shown", by=_user(request), at=_at(request), kind=Kind.READ, customer_id=attachment.customer_id,
        subject=Subject(attachment.subject_kind, attachment.subject_id), changes={"attachment": (None, attachment.pk)},
    )  # fmt: skip
    download = "download" in request.GET or not attachment.shown_in_browser
    return serve(attachment.file, attachment.name, as_attachment=download)


def serve(file: StoredFile, name: str, *, as_attachment: bool) -> HttpResponse:
    """An answer with stored bytes: the type found in the content, no guessing by the browser, no shared cache."""
    response = HttpResponse(storage.read(file), content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(as_attachment, name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@everyone
def attach(request: HttpRequest, subject_kind: str, subject_id: int) -> HttpResponseBase:
    """Attach the uploaded file; a refusal names what is wrong with it."""
    policies.require_add(_user(request), subject_kind, subject_id)
    upload = request.FILES.get("upload")
    try:
        if upload is None:
            raise Invalid.one("upload", "required", _("请先选择文件。"))
        actions.attach(
            subject=Subject(subject_kind, subject_id), customer_id=policies.customer_of(subject_kind, subject_id),
            kind=request.POST.get("kind", "")[:40], upload=upload, by=_user(request), at=_at(request),
        )  # fmt: skip
    except Invalid as error:
        return _answer(request, subject_kind, subject_id, str(error))
    messages.success(request, _("文件已上传。"))
    return _answer(request, subject_kind, subject_id)


@require_POST
@everyone
def withdraw(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Withdraw with a reason."""
    attachment = _seen(request, attachment_id)
    policies.require_add(_user(request), attachment.subject_kind, attachment.subject_id)
    try:
        actions.withdraw(
            attachment=attachment, reason=request.POST.get("reason", ""), by=_user(request), at=_at(request)
        )
    except (Invalid, Refused) as error:
        return _answer(request, attachment.subject_kind, attachment.subject_id, str(error), status=error.status)
    messages.success(request, _("文件已撤下。"))
    return _answer(request, attachment.subject_kind, attachment.subject_id)


def _answer(request: HttpRequest, kind: str, subject_id: int, error: str = "", status: int = 422) -> HttpResponse:
    """Back to the page the form stood on; without one, or with an error, the list by itself."""
    target = request.POST.get("next", "")
    if not error and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    context = {"subject_kind": kind, "subject_id": subject_id, "error": error, "back": target}
    return render(request, "files/page.html", context, status=status if error else 200)


def _seen(request: HttpRequest, attachment_id: int) -> Attachment:
    attachment = Attachment.objects.counting().select_related("file").filter(pk=attachment_id).first()
    if attachment is None:
        raise OutOfScope()
    policies.require_see(_user(request), attachment.subject_kind, attachment.subject_id)
    return attachment


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _at(request: HttpRequest) -> datetime:
    return cast(datetime, request.at)  # type: ignore[attr-defined]
