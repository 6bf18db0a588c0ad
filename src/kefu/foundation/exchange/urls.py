"""Addresses of imports."""

from django.urls import path

from kefu.foundation.exchange import views

app_name = "exchange"
urlpatterns = [
    path("imports/<str:spec_code>/", views.upload, name="upload"),
    path("imports/<str:spec_code>/template.xlsx", views.blank, name="blank"),
    path("imports/<str:spec_code>/<int:run_id>/", views.show, name="run"),
    path("imports/<str:spec_code>/<int:run_id>/writing/", views.write, name="write"),
    path("imports/<str:spec_code>/<int:run_id>/undoing/", views.undo, name="undo"),
    path("imports/<str:spec_code>/<int:run_id>/errors.xlsx", views.errors, name="errors"),
]
