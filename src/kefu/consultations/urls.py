"""Addresses of the interviews."""

from django.urls import path

from kefu.consultations.views import changes, filling, reading

app_name = "consultations"
urlpatterns = [
    path("consultations/", reading.consultations, name="consultations"),
    path("consultations/<int:pk>/", reading.consultation, name="consultation"),
    path("consultations/<int:pk>/draft/", filling.draft, name="draft"),
    path("consultations/<int:pk>/correction/", changes.correction, name="correction"),
    path("consultations/<int:pk>/handover/", changes.handover, name="handover"),
    path("consultations/<int:pk>/disposal/", changes.disposal, name="disposal"),
    path("customers/<int:customer_id>/consultations/new/", filling.new, name="new"),
]
