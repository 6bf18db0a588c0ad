"""Telling what a provider calls its registered copy of our words (NFR-002)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.messaging.choices import Language, Provider
from kefu.messaging.models import CODE_LENGTH, ProviderTemplate, Template
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.registering import TEXTS, languages, lines, places_for, providers
from kefu.messaging.rules import as_places
from kefu.organisation.models import User


@action
def register_template(
    *, template: Template, provider: Provider, language: Language, code: str, places: Sequence[str], by: User, at: datetime
) -> None:  # fmt: skip
    """Say which template of the provider holds these words in a language, and what fills its variables, in order (`name there=place here`).

    An empty code takes it back. Raises Forbidden, Invalid (`code`, `places`), Refused `not_current`, `no_words`.
    """
    require(by, MessagingPermission.TEMPLATE_EDIT)
    keep_registration(
        template=template, provider=provider, language=language, code=code, places=places, by=by, at=at
    )  # fmt: skip


@within_action
def keep_registration(
    *, template: Template, provider: Provider, language: Language, code: str, places: Sequence[str], by: User, at: datetime
) -> None:  # fmt: skip
    """The same for whoever has asked for the right to these words."""
    row = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    if not row.current:
        raise Refused("not_current", _("这个版本已经换掉，请在新版本上登记。"))
    if provider not in providers(row) or language not in languages(row):
        raise Refused("no_words", _("这条消息没有这种方式或语言的文字。"))
    code = code.strip()
    filled = as_places(places) if code else []
    errors = _faults(row, provider, code, filled)
    if errors:
        raise Invalid(errors)
    before = row.registrations.filter(provider=provider, language=language).first()
    if (before.code, [tuple(pair) for pair in before.places]) == (code, filled) if before else not code:
        nothing_changed()
        return
    if code:
        ProviderTemplate.objects.update_or_create(
            template=row, provider=provider, language=language,
            defaults={"code": code, "places": filled, "by": by, "at": at},
        )  # fmt: skip
    elif before:
        before.delete()
    record(
        "messaging.template.registered", by=by, at=at, subject=Subject("messaging.template", row.pk),
        changes={
            "provider": (None, provider.value), "language": (None, language.value), "provider_code": (before.code if before else None, code),
            "places": (", ".join(lines(before.places)) if before else None, ", ".join(lines(filled))),
        },
    )  # fmt: skip


@within_action
def carry_registrations(*, before: Template, after: Template) -> None:
    """What is registered stays with a new version where the words it is a copy of did not change."""
    same = [row for row in before.registrations.all() if not _rewritten(before, after, row)]
    ProviderTemplate.objects.bulk_create(
        ProviderTemplate(
            template=after, provider=row.provider, language=row.language, code=row.code, places=row.places, by=row.by, at=row.at
        )
        for row in same
    )  # fmt: skip


def _rewritten(before: Template, after: Template, row: ProviderTemplate) -> bool:
    texts = ("en",) if row.language == Language.ENGLISH else TEXTS[Provider(row.provider).channel]
    return any(getattr(before, name) != getattr(after, name) for name in texts)


def _faults(template: Template, provider: Provider, code: str, filled: Sequence[tuple[str, str]]) -> list[FieldError]:
    errors = []
    if len(code) > CODE_LENGTH or len(code.split()) > 1:
        errors.append(
            FieldError("code", "code", _("模板编号最多 %(most)d 个字，中间没有空格。") % {"most": CODE_LENGTH})
        )
    known = places_for(template, provider)
    unknown = [place for _name, place in filled if place not in known]
    if unknown:
        message = _("这条消息没有 %(unknown)s 这样的内容，可用：%(known)s。") % {
            "unknown": "、".join(unknown), "known": "、".join(known) or "—",
        }  # fmt: skip
        errors.append(FieldError("places", "unknown_place", message))
    names = [name for name, _place in filled]
    if len(set(names)) < len(names):
        errors.append(FieldError("places", "twice", _("服务商的变量名不能重复。")))
    return errors
