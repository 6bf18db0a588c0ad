"""From a template and values to the words of one message and the payload of its channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.notices.rules import fill, places
from kefu.kernel.errors import Refused
from kefu.messaging.choices import Channel, Language
from kefu.messaging.models import Template
from kefu.messaging.rules import courtesy, signed, titled
from kefu.messaging.shipped import groups, sample_values
from kefu.organisation.models import Node, User

CALENDAR = "calendar"
"""Under this name a calendar entry (iCalendar) travels with a message."""


@dataclass(frozen=True)
class Words:
    """The words of one message: what is kept and shown, and what its channel carries besides the address."""

    title: str
    body: str
    carried: dict[str, Any]


def house_values(customer: Customer) -> dict[str, str]:
    """What the house knows by itself: form of address, centre, its telephone, the customer's doctor and health manager."""
    return {
        "name": _address(customer),
        "centre": customer.node.label,
        "phone": _phone(customer.node),
        "doctor": doctor_title(customer.doctor) if customer.doctor else "",
        "manager": _title(customer.health_manager, "老师") if customer.health_manager else "",
    }


def centre_values(node: Node) -> dict[str, object]:
    """The same of a place that is not the customer's own, such as the one of a booking."""
    return {"centre": lambda: node.label, "phone": _phone(node)}


def doctor_title(doctor: User) -> str:
    """How a doctor is named to customers."""
    return _title(doctor, "医生")


def doctor_called(name: str) -> str:
    """The same for colleagues, who read Chinese names: 何医生."""
    return titled(name, "医生")


def place_values(node: Node | None, name: str = "", sex: str = "") -> dict[str, str]:
    """The same of a place and somebody with a name, customer or not."""
    place = {"centre": node.label, "phone": _phone(node)} if node else {}
    return {"name": courtesy(name, sex) or "客户"} | place


def spoken(values: Mapping[str, object]) -> dict[str, str]:
    """Values as words in the active language: days written out, what is only known in a language asked for. Empty ones left out."""
    said = {name: _word(value() if callable(value) else value) for name, value in values.items()}
    return {name: word for name, word in said.items() if word}


def missing_values(template: Template, channel: str, values: Mapping[str, object]) -> list[str]:
    """The places of the template, for this channel, that no value fills; in order."""
    texts = _texts(template, channel)
    wanted = dict.fromkeys(name for text in texts.values() for name in places(text))
    return [name for name in wanted if not str(values.get(name) or "").strip()]


def require_values(template: Template, values: Mapping[str, object], house: Mapping[str, str]) -> None:
    """Refuse when the caller left out a value that only it knows. Raises Refused `missing_value` naming the places."""
    missing = [name for name in template.variables if name not in house and not values.get(name)]
    if missing:
        message = _("消息缺少内容：%(names)s。") % {"names": "、".join(missing)}
        raise Refused("missing_value", message, {"missing": missing})


def compose(template: Template, channel: str, values: Mapping[str, object], signature: str) -> Words:
    """The words for a channel. Raises KeyError for a place without a value; see `missing_values`."""
    filled = {part: fill(text, values) for part, text in _texts(template, channel).items()}
    text = filled["text"]
    match channel:
        case Channel.EMAIL:
            subject, body = filled["email_subject"], filled["email_body"]
            return Words(subject, body, {"subject": subject, "body": body})
        case Channel.WECHAT:
            first, remark = filled["wechat_first"] or text, filled["wechat_remark"]
            carried = {"first": first, "remark": remark, **_for_providers(template, values)}
            return Words("", f"{first}\n{remark}".strip(), carried)
        case _:
            body = signed(signature, text)
            return Words("", body, {"body": body, **_for_providers(template, values)})


def _for_providers(template: Template, values: Mapping[str, object]) -> dict[str, Any]:
    """For those who fill a template of their own: which of ours it is, in which version and language, and what goes into its places."""
    filled = {name: str(values.get(name, "")) for name in template.variables}
    return {"template": template.code, "version": template.version, "language": _language(template), "values": filled}


def with_calendar(words: Words, channel: str, calendar: str) -> Words:
    """The words with an entry for the customer's own calendar, where they go by mail or may have to go by mail instead."""
    if channel not in (Channel.EMAIL, Channel.WECHAT):
        return words
    return replace(words, carried={**words.carried, CALENDAR: calendar})


def calendar_of(payload: Mapping[str, Any]) -> str:
    """The calendar entry that travels with a message; empty for none."""
    return str(payload.get(CALENDAR, ""))


def values_of(payload: Mapping[str, Any]) -> dict[str, str]:
    """What went into the places of a message that was composed for a provider's template; nothing for any other."""
    return dict(payload.get("values", {}))


def sms_length(text: str, signature: str) -> int:
    """Characters of a text message with its signature and sample values, as the shipped texts were counted."""
    return len(signed(signature, fill(text, sample_values())))


def _texts(template: Template, channel: str) -> dict[str, str]:
    if _language(template) == Language.ENGLISH:
        return {
            "text": template.en,
            "wechat_first": "",
            "wechat_remark": "",
            "email_subject": _subject(template),
            "email_body": template.en,
        }
    texts = {"text": template.zh}
    if channel == Channel.EMAIL:
        texts |= {"email_subject": template.email_subject, "email_body": template.email_body}
    elif channel == Channel.WECHAT:
        texts |= {"wechat_first": template.wechat_first, "wechat_remark": template.wechat_remark}
    return texts


def _subject(template: Template) -> str:
    """The shipped subjects are Chinese; an English mail is named after what kind of message it is."""
    return next((group.en for group in groups() if group.code == template.group), template.group)


def _word(value: object) -> str:
    if isinstance(value, date):
        return date_format(value, "j F") if english() else f"{value.month}月{value.day}日"
    return str(value).strip() if value is not None else ""


def _address(customer: Customer) -> str:
    if english():
        return customer.name.strip() or "customer"
    return courtesy(customer.name, customer.sex) or "客户"


def _title(colleague: User, title: str) -> str:
    return colleague.name if english() else titled(colleague.name, title)


def _language(template: Template) -> str:
    """In which language the words of a template are written at the moment."""
    return (Language.ENGLISH if english() and template.en else Language.CHINESE).value


def english() -> bool:
    """Whether words are written in English at the moment."""
    return (get_language() or "").startswith("en")


def _phone(node: Node) -> str:
    """The telephone of the centre, else of the next place above it that has one."""
    place: Node | None = node
    while place is not None and not place.phone:
        place = place.parent
    return place.phone if place else ""
