"""Places as people write them in a list: by code or by name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.specs import Context
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node


def place_of(text: str | None, context: Context) -> Node | None:
    """The open place of that code or name, None for an empty cell. Raises Invalid on `node`."""
    if text is None:
        return None
    if "places" not in context.memory:
        places: dict[str, Node] = {}
        for node in Node.objects.filter(closed_on__isnull=True):
            places |= {word.casefold(): node for word in (node.code, node.zh, node.en) if word}
        context.memory["places"] = places
    found: Node | None = context.memory["places"].get(text.casefold())
    if found is None:
        raise Invalid.one("node", "unknown", _("没有编码或名称为 %(text)s 的机构。") % {"text": text})
    return found
