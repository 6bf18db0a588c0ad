"""Addresses of imports."""

from django.urls import path

from kefu.foundation.exchange.views import columns, lists, runs

app_name = "exchange"
urlpatterns = [
    path("exports/<str:list_code>/", lists.export, name="export"),
    path("imports/<str:spec_code>/", runs.upload, name="upload"),
    path("imports/<str:spec_code>/template.xlsx", runs.blank, name="blank"),
    path("imports/<str:spec_code>/mappings/<int:mapping_id>/name/", columns.rename, name="mapping_name"),
    path("imports/<str:spec_code>/mappings/<int:mapping_id>/removal/", columns.remove, name="mapping_removal"),
    path("imports/<str:spec_code>/<int:run_id>/", runs.show, name="run"),
    path("imports/<str:spec_code>/<int:run_id>/columns/", columns.columns, name="columns"),
    path("imports/<str:spec_code>/<int:run_id>/writing/", runs.write, name="write"),
    path("imports/<str:spec_code>/<int:run_id>/undoing/", runs.undo, name="undo"),
    path("imports/<str:spec_code>/<int:run_id>/errors.xlsx", runs.errors, name="errors"),
]
