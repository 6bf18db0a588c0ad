"""Certificates of colleagues: written down, checked against the original, withdrawn; reminders before they run out."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.foundation.files.queries import attached
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.people.choices import CredentialKind
from kefu.people.limits import REMIND_BEFORE_END
from kefu.people.models import Credential
from kefu.people.permissions import PeoplePermission
from kefu.people.queries.credentials import keepers, running_out
from kefu.people.rules import remind_on
from kefu.people.sentences import CREDENTIAL_ENDS, OWN_CREDENTIAL_ENDS

KIND = "people.credential"


@action
def add_credential(
    *,
    user: User,
    kind: str,
    number: str,
    issuer: str,
    valid_from: date,
    valid_to: date | None = None,
    mandatory: bool = False,
    by: User,
    at: datetime,
) -> Credential:
    """Write a certificate down; a newer one of the same kind takes the place of the older once it is checked (ORG-003).

    Raises Invalid (`kind`, `number` also when it is there already, `issuer`, `valid_from`, `valid_to`).
    """
    require(by, PeoplePermission.REGISTER_EDIT, node_id=user.node_id)
    number, issuer = number.strip(), issuer.strip()
    errors = _wrong(kind, number, issuer, valid_from, valid_to, timezone.localdate(at))
    if Credential.objects.counting().filter(user=user, kind=kind, number=number).exists():
        errors.append(FieldError("number", "taken", _("这张证书已经登记过。")))
    if errors:
        raise Invalid(errors)
    made = Credential.objects.create(
        user=user,
        kind=kind,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_to=valid_to,
        mandatory=mandatory,
    )
    _record("added", made, by, at, {"kind": (None, kind), "valid_to": (None, valid_to), "mandatory": (None, mandatory)})
    return made


@action
def check_credential(*, credential: Credential, by: User, at: datetime) -> Credential:
    """State that the original was seen and the scan is the same (ORG-003). Raises Refused `own_qualification`, `no_scan`, `checked`, `withdrawn`."""
    held = _locked(credential, by)
    if held.checked_on is not None:
        raise Refused("checked", _("这张证书已经核对过。"))
    if not attached(KIND, held.pk).exists():
        raise Refused("no_scan", _("请先上传扫描件，再核对。"))
    held.checked_on, held.checked_by = timezone.localdate(at), by
    held.save(update_fields=["checked_on", "checked_by"])
    _record("checked", held, by, at, {"checked_on": (None, held.checked_on)})
    return held


@action
def withdraw_credential(*, credential: Credential, reason: str, by: User, at: datetime) -> None:
    """Take a certificate out of the register: entered wrongly, or no longer valid; a colleague does it, since without it nothing has run out. Raises
    Refused `own_qualification`, `withdrawn`, Invalid without a reason."""
    held = _locked(credential, by)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明撤下证书的原因。"))
    held.withdrawn_on, held.withdrawn_reason = timezone.localdate(at), reason.strip()[:200]
    held.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    _record("withdrawn", held, by, at, {"withdrawn_on": (None, held.withdrawn_on)}, reason.strip())


@action
def remind_of_credentials(*, by: User, at: datetime) -> int:
    """Ring the holder and those who keep the register when a certificate comes near its end; once for each day that is due."""
    today, days = timezone.localdate(at), tuple(REMIND_BEFORE_END.on(at))
    due = [one for one in running_out(today) if one.valid_to and remind_on(one.valid_to, days, today) is not None]
    for credential in due:
        _remind(credential, at)
    if due:
        record("people.credential.reminded", by=by, at=at, changes={"count": (None, len(due))})
    else:
        nothing_changed()
    return len(due)


def _remind(credential: Credential, at: datetime) -> None:
    holder, day, kind = credential.user, str(credential.valid_to), CredentialKind(credential.kind)
    tell(
        users=[holder], code="own_credential_ends", at=at, text=OWN_CREDENTIAL_ENDS(kind=kind, day=day), unless_unread=True,
        link=reverse("people:colleague", args=[holder.pk]),
    )  # fmt: skip
    tell(
        users=keepers(holder.node_id).exclude(pk=holder.pk), code="credential_ends", at=at, unless_unread=True,
        text=CREDENTIAL_ENDS(name=holder.name, kind=kind, day=day), link=reverse("people:credentials", args=[holder.pk]),
    )  # fmt: skip


def _locked(credential: Credential, by: User) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    held = rows.get(pk=credential.pk)
    require(by, PeoplePermission.REGISTER_EDIT, node_id=held.user.node_id)
    if held.user_id == by.pk:
        raise Refused("own_qualification", _("不能核对或撤下自己的证书，请同事来办。"))
    if held.withdrawn_on is not None:
        raise Refused("withdrawn", _("这张证书已经撤下。"))
    return held


def _wrong(
    kind: str, number: str, issuer: str, valid_from: date, valid_to: date | None, today: date
) -> list[FieldError]:
    errors = []
    if kind not in CredentialKind.values:
        errors.append(FieldError("kind", "unknown", _("请选择证书种类。")))
    if not number:
        errors.append(FieldError("number", "required", _("请填写证书编号。")))
    if not issuer:
        errors.append(FieldError("issuer", "required", _("请填写发证机关。")))
    if valid_from > today:
        errors.append(FieldError("valid_from", "to_come", _("发证日期不能晚于今天。")))
    if valid_to is not None and valid_to < valid_from:
        errors.append(FieldError("valid_to", "before_start", _("有效期不能早于发证日期。")))
    return errors


def _record(
    verb: str, credential: Credential, by: User, at: datetime, changes: dict[str, Change], reason: str = ""
) -> None:
    record(
        f"people.credential.{verb}", by=by, at=at, subject=Subject(KIND, credential.pk), node_id=credential.user.node_id,
        changes=changes, reason=reason,
    )  # fmt: skip
