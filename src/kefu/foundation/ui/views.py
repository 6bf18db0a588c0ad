"""The component page: every component in all its states, with made-up people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kefu.foundation.access.decorators import everyone
from kefu.foundation.ui import showcase
from kefu.foundation.ui.http import page


@everyone
def components(request: HttpRequest) -> HttpResponse:
    """Show the components; a submitted sample form shows its errors and saves nothing."""
    form = showcase.SampleForm(request.POST or None)
    context = showcase.states() | {
        "form": form,
        "formset": showcase.sample_lines(),
        "tones": showcase.TONES,
        "swatches": showcase.SWATCHES,
    }
    return page(request, "ui/components.html", context)


@everyone
def components_picker(request: HttpRequest) -> HttpResponse:
    """Answer the sample picker."""
    asked = request.GET.get("q", "")
    options = [option for option in showcase.DOCTORS if asked in str(option.label)]
    return render(request, "ui/picker_options.html", {"options": options})
