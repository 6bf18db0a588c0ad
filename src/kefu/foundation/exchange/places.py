"""Places as people write them in a list: by code or by name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.specs import Context
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node


def place_of(text: str | None, context: Context, field: str = "node") -> Node | None:
    """The open place of that code or else of that name, None for an empty cell. Raises Invalid on `field`.

    A name that several places bear names none of them.
    """
    if text is None:
        return None
    codes, names = _directory(context)
    word = text.casefold()
    found = [codes[word]] if word in codes else names.get(word, [])
    if not found:
        raise Invalid.one(field, "unknown", _("没有编码或名称为 %(text)s 的机构。") % {"text": text})
    if len(found) > 1:
        said = "、".join(sorted(node.code for node in found))
        message = _("叫“%(text)s”的机构不止一个，请改填编码：%(codes)s。")
        raise Invalid.one(field, "ambiguous", message % {"text": text, "codes": said})
    return found[0]


def _directory(context: Context) -> tuple[dict[str, Node], dict[str, list[Node]]]:
    """Open places by code and by name, read once a run."""
    if "places" not in context.memory:
        codes: dict[str, Node] = {}
        names: dict[str, list[Node]] = {}
        for node in Node.objects.filter(closed_on__isnull=True):
            codes[node.code.casefold()] = node
            for name in {node.zh.casefold(), node.en.casefold()} - {""}:
                names.setdefault(name, []).append(node)
        context.memory["places"] = (codes, names)
    found: tuple[dict[str, Node], dict[str, list[Node]]] = context.memory["places"]
    return found
