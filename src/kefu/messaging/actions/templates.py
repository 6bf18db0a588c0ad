"""Writing templates: every change is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.rules import places
from kefu.kernel.errors import FieldError, Invalid, OutOfScope
from kefu.messaging.actions.registrations import carry_registrations
from kefu.messaging.choices import Channel
from kefu.messaging.composing import sms_length
from kefu.messaging.limits import SIGNATURE, SMS_LONGEST
from kefu.messaging.models import Template
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.rules import revealing
from kefu.messaging.shipped import words
from kefu.organisation.models import User

TEXTS = ("zh", "en", "email_subject", "email_body", "wechat_first", "wechat_remark")
KEPT = ("code", "group", "audience", "channels", "variables", "needs_consent", "opt_out_required")
LISTS = ("audience", "channels", "variables")
OPT_OUT = ("拒收", "退订")
MARKETING = "marketing"
OWN_PLACES = ("name", "centre", "phone", "manager")
"""What a template in somebody's own words may name of the customer."""


@action
def revise_template(*, code: str, texts: dict[str, str], by: User, at: datetime) -> Template:
    """Write a new version of a template; `texts` holds the fields that change. Messages already written keep theirs.

    Raises Forbidden, OutOfScope for an unknown code, Invalid: no text, a place nobody fills, an SMS over the longest
    length with sample values and signature, a marketing text that does not say how to opt out (APT-006, FUP-008).
    """
    require(by, MessagingPermission.TEMPLATE_EDIT)
    before = Template.objects.select_for_update(no_key=True).filter(code=code, current=True).first()
    if before is None:
        raise OutOfScope()
    after = {name: texts.get(name, getattr(before, name)).strip() for name in TEXTS}
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(before, name), after[name]) for name in TEXTS if after[name] != getattr(before, name)
    }
    if not changes:
        nothing_changed()
        return before
    errors = _faults(before, after, at)
    if errors:
        raise Invalid(errors)
    Template.objects.filter(pk=before.pk).update(current=False)
    kept = {name: getattr(before, name) for name in KEPT}
    made = Template.objects.create(**kept, **after, version=before.version + 1, by=by, at=at)
    carry_registrations(before=before, after=made)
    record("messaging.template.revised", by=by, at=at, subject=Subject("messaging.template", made.pk), changes=changes)
    return made


@within_action
def write_own_words(
    *, code: str, channels: Sequence[str], zh: str, en: str, email_subject: str = "", by: User, at: datetime
) -> Template:
    """A template for one occasion of marketing, in somebody's own words; the same rules as for a shipped one. Raises Invalid."""
    before, mailed = Template.objects.filter(code=code, current=True).first(), Channel.EMAIL in channels
    made = Template(
        code=code, version=before.version + 1 if before else 1, group=MARKETING, audience=["customer"], channels=list(channels),
        variables=list(OWN_PLACES), zh=zh.strip(), en=en.strip(), email_subject=email_subject.strip() if mailed else "",
        email_body=zh.strip() if mailed else "", wechat_first=zh.strip() if Channel.WECHAT in channels else "",
        needs_consent=True, opt_out_required=True, by=by, at=at,
    )  # fmt: skip
    errors = _faults(made, {name: getattr(made, name) for name in TEXTS}, at)
    if not channels:
        errors.append(FieldError("channels", "required", _("请选至少一种方式。")))
    if errors:
        raise Invalid(errors)
    Template.objects.filter(code=code).update(current=False)
    made.save()
    return made


@action
def open_template(*, code: str, by: User | None, at: datetime) -> Template:
    """The version that counts, for a page that shows it; a shipped one counts from its first use. Raises LookupError."""
    nothing_changed()
    return template_in_use(code, at)


@within_action
def template_in_use(code: str, at: datetime) -> Template:
    """The version that counts; a shipped template counts from its first use. Raises LookupError for an unknown code."""
    found = Template.objects.filter(code=code, current=True).first()
    if found is not None:
        return found
    if code not in words():
        raise LookupError(f"no message template {code!r}")
    take_shipped([code], at)
    return Template.objects.get(code=code, current=True)


@within_action
def take_shipped(codes: Sequence[str], at: datetime) -> None:
    """The first version of each of these shipped templates; whoever comes second finds it there."""
    shipped = [asdict(words()[code]) for code in codes]
    rows = [Template(**row | {name: list(row[name]) for name in LISTS}, version=1, at=at) for row in shipped]
    Template.objects.bulk_create(rows, ignore_conflicts=True)


def _faults(template: Template, texts: dict[str, str], at: datetime) -> list[FieldError]:
    if not texts["zh"]:
        return [FieldError("zh", "required", _("请填写中文内容。"))]
    errors = [fault for name in TEXTS if (fault := _unknown_places(template, name, texts[name]))]
    if Channel.EMAIL in template.channels:
        mail = [name for name in ("email_subject", "email_body") if not texts[name]]
        errors += [FieldError(name, "required", _("这条消息也发邮件，请填写。")) for name in mail]
    errors += [fault for name in TEXTS if (fault := _revealing(name, texts[name]))]
    if errors:
        return errors
    length, longest = sms_length(texts["zh"], SIGNATURE.on(at)), SMS_LONGEST.on(at)
    if Channel.SMS in template.channels and length > longest:
        message = _("短信连签名最多 %(longest)d 个字，现在 %(length)d 个。")
        errors.append(FieldError("zh", "too_long", message % {"longest": longest, "length": length}))
    if template.opt_out_required and not any(word in texts["zh"] for word in OPT_OUT):
        errors.append(FieldError("zh", "opt_out", _("活动类消息要写明如何拒收，例如“拒收请回复R”。")))
    return errors


def _unknown_places(template: Template, name: str, text: str) -> FieldError | None:
    unknown = [place for place in places(text) if place not in template.variables]
    if not unknown:
        return None
    message = _("这条消息没有 %(unknown)s 这样的内容，可用：%(known)s。") % {
        "unknown": "、".join(f"{{{place}}}" for place in unknown),
        "known": "、".join(f"{{{place}}}" for place in template.variables) or "—",
    }
    return FieldError(name, "unknown_place", message)


def _revealing(name: str, text: str) -> FieldError | None:
    """No message carries what was tested or what came of it: it may be read by whoever holds the telephone."""
    found = revealing(text)
    return (
        FieldError(name, "reveals", _("消息里不能写检测项目和结果：%(words)s。") % {"words": "、".join(found)})
        if found
        else None
    )
