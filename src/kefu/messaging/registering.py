"""Which providers send only templates they have registered, and what is registered there for our words (NFR-002)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kefu.foundation.outbox.transports import transport
from kefu.messaging.choices import Channel, Language, Provider
from kefu.messaging.models import ProviderTemplate, Template
from kefu.messaging.ports.registered import Kept, Registered, RegisteredTemplates

WECHAT_PLACES = frozenset({"first", "remark"})
"""What a template of WeChat may carry besides our places: our WeChat words of the template."""
TEXTS = {Channel.SMS: ("zh",), Channel.WECHAT: ("zh", "wechat_first", "wechat_remark")}
"""The Chinese words of a template that a provider has registered a copy of."""


@dataclass(frozen=True)
class Registration:
    """One provider and language of a template: what stands there, where it comes from, and whether it is needed now."""

    provider: Provider
    language: Language
    found: Registered | None
    kept: ProviderTemplate | None
    needed: bool

    @property
    def missing(self) -> bool:
        """Whether messages would be held for want of it."""
        return self.needed and self.found is None

    @property
    def variables(self) -> list[str]:
        """The variables in their order, as they are entered."""
        return lines(self.found.parameters) if self.found else []


def kept_for(provider: Provider) -> Kept:
    """How a port finds what colleagues registered with a provider."""

    def kept(code: str, version: int, language: str) -> Registered | None:
        row = ProviderTemplate.objects.filter(
            template__code=code, template__version=version, provider=provider, language=language
        ).first()
        return registered(row) if row else None

    return kept


def registered(row: ProviderTemplate) -> Registered:
    """A row as ports fill it."""
    return Registered(row.code, tuple((name, place) for name, place in row.places))


def lines(parameters: Iterable[tuple[str, str]]) -> list[str]:
    """Variables as they are entered: `name there=place here`, one word where both are the same."""
    return [name if name == place else f"{name}={place}" for name, place in parameters]


def languages(template: Template) -> list[Language]:
    """The languages a template has words in."""
    return [Language.CHINESE, Language.ENGLISH] if template.en else [Language.CHINESE]


def places_for(template: Template, provider: Provider) -> list[str]:
    """What a provider's variables may be filled with."""
    return [*template.variables, *(sorted(WECHAT_PLACES) if provider.channel == Channel.WECHAT else ())]


def providers(template: Template) -> list[Provider]:
    """The providers by which a template could leave."""
    return [provider for provider in Provider if provider.channel in template.channels]


def registrations(template: Template) -> list[Registration]:
    """Every provider and language of a template, those needed now first."""
    rows = {(row.provider, row.language): row for row in template.registrations.all()}
    found = []
    for provider in providers(template):
        port = _templates_at(provider)
        for language in languages(template):
            row = rows.get((provider.value, language.value))
            stands = registered(row) if row else None
            if port and not stands:
                stands = port.find(template.code, template.version, language.value)
            found.append(Registration(provider, language, stands, row, port is not None))
    return sorted(found, key=lambda one: not one.needed)


def unregistered(template: Template) -> list[Registration]:
    """What has to be registered before the words can leave by the channels that are open now."""
    return [one for one in registrations(template) if one.missing]


def registration_of(template: Template, provider: str, language: str) -> Registration | None:
    """One of them, if the template may leave by that provider in that language."""
    return next((one for one in registrations(template) if (one.provider, one.language) == (provider, language)), None)


def _templates_at(provider: Provider) -> RegisteredTemplates | None:
    """The templates of the port that is open, if it is this provider's."""
    templates = getattr(transport(provider.channel), "templates", None)
    return templates if isinstance(templates, RegisteredTemplates) and templates.provider == provider else None
