"""Addresses of journeys."""

from django.urls import path

from kefu.journey import configuration, views

app_name = "journey"
urlpatterns = [
    path("journeys/", views.board, name="board"),
    path("journeys/nodes/<slug:code>/", views.node_list, name="node"),
    path("journeys/<int:pk>/", views.journey, name="journey"),
    path("journeys/<int:pk>/completion/", views.completion, name="completion"),
    path("journeys/<int:pk>/skipping/", views.skipping, name="skipping"),
    path("journeys/<int:pk>/correction/", views.correction, name="correction"),
    path("journeys/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("journeys/<int:pk>/closure/", views.closure, name="closure"),
    path("journeys/<int:pk>/reopening/", views.reopening, name="reopening"),
    path("customers/<int:customer_id>/journeys/new/", views.new_journey, name="new"),
    path("journey-nodes/", configuration.nodes, name="nodes"),
    path("journey-nodes/new/", configuration.new_node, name="node_new"),
    path("journey-nodes/<int:pk>/", configuration.node, name="node_edit"),
    path("journey-nodes/<int:pk>/retirement/", configuration.retirement, name="node_retirement"),
]
