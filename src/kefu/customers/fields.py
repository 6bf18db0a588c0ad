"""Fields of forms about customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import User

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField


class Choice(ModelChoice):
    """A colleague with job number, or anything else by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(empty_label=_("请选择"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} {obj.job_number}" if isinstance(obj, User) else str(obj)
