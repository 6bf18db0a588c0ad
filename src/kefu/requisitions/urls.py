"""Addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "requisitions"
urlpatterns = [
    path("requisitions/<int:pk>/", lambda r, pk: HttpResponse(), name="requisition"),
    path("lendings/<int:pk>/", lambda r, pk: HttpResponse(), name="lending"),
]
