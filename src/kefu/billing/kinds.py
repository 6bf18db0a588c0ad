"""What charges are for, by the kind of their subject; each module above names its own in its `slots.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_kinds: dict[str, object] = {}
OTHER = _("其他")


def name_kind(subject_kind: str, words: object) -> None:
    """Say in words what charges of this kind of subject are for."""
    _kinds[subject_kind] = words


def kind_words(subject_kind: str) -> str:
    """The words of a kind, or those for what nobody named."""
    return str(_kinds.get(subject_kind, OTHER))
