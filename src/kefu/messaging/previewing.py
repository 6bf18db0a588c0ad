"""Templates as they would arrive, with sample values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from kefu.foundation.notices.rules import places
from kefu.messaging.choices import Channel
from kefu.messaging.limits import SIGNATURE, SMS_LONGEST
from kefu.messaging.models import Template
from kefu.messaging.rules import signed
from kefu.messaging.shipped import groups, sample_values


@dataclass(frozen=True)
class Sample:
    """One way the words arrive: which, and the words filled with sample values."""

    label: object
    text: str


@dataclass(frozen=True)
class Preview:
    """All ways the words arrive; the length of the text message against the longest, and places nobody fills."""

    samples: list[Sample]
    length: int
    longest: int
    unknown: list[str]

    @property
    def too_long(self) -> bool:
        """Whether the text message would be refused."""
        return self.length > self.longest


@dataclass(frozen=True)
class TemplateGroup:
    """A group of templates with their previews."""

    label: str
    templates: list[tuple[Template, Preview]]


def preview(template: Template, texts: Mapping[str, str], at: datetime) -> Preview:
    """The template with the given texts in place of its own, filled with sample values. A place nobody fills stays."""
    said = {name: texts.get(name, getattr(template, name)).strip() for name in ("zh", "en", "email_subject", "email_body",
                                                                               "wechat_first", "wechat_remark")}  # fmt: skip
    unknown = [place for text in said.values() for place in places(text) if place not in template.variables]
    filled = {name: _filled(text) for name, text in said.items()}
    sms = signed(SIGNATURE.on(at), filled["zh"]) if Channel.SMS in template.channels else ""
    samples = [Sample(Channel.SMS.label, sms), Sample(Channel.BELL.label, filled["zh"] if not sms else "")]
    if Channel.WECHAT in template.channels:
        samples.append(Sample(Channel.WECHAT.label, f"{filled['wechat_first']}\n{filled['wechat_remark']}".strip()))
    if Channel.EMAIL in template.channels:
        samples.append(Sample(Channel.EMAIL.label, f"{filled['email_subject']}\n\n{filled['email_body']}"))
    samples.append(Sample("English", filled["en"]))
    shown = [sample for sample in samples if sample.text]
    return Preview(shown, len(sms), SMS_LONGEST.on(at), list(dict.fromkeys(unknown)))


def grouped(templates: list[Template], at: datetime) -> list[TemplateGroup]:
    """The templates by group, in the order of the groups."""
    english = (get_language() or "").startswith("en")
    found = []
    for group in groups():
        inside = [(each, preview(each, {}, at)) for each in templates if each.group == group.code]
        if inside:
            found.append(TemplateGroup(group.en if english else group.zh, inside))
    return found


def _filled(text: str) -> str:
    for name, value in sample_values().items():
        text = text.replace(f"{{{name}}}", value)
    return text
