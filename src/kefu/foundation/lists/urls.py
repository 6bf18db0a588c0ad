"""Addresses of saved views and bulk actions."""

from django.urls import path

from kefu.foundation.lists import views

app_name = "lists"
urlpatterns = [
    path("lists/runs/<int:run_id>/", views.run, name="run"),
    path("lists/<slug:list_code>/views/", views.view_list, name="views"),
    path("lists/<slug:list_code>/views/<int:view_id>/", views.view_form, name="view"),
    path("lists/<slug:list_code>/views/<int:view_id>/removal/", views.view_removal, name="view_removal"),
    path("lists/<slug:list_code>/views/<int:view_id>/choice/", views.view_choice, name="view_choice"),
    path("lists/<slug:list_code>/selection/", views.selection, name="selection"),
]
