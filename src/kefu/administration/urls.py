"""Addresses of the door and of administration. Login, lock and password have plain names: settings and frame use them."""

from django.urls import include, path

from kefu.administration.views import (
    audit,
    calendars,
    jobs,
    limits,
    nodes,
    passwords,
    roles,
    sessions,
    setup,
    stand_ins,
    users,
)

pages = [
    path("nodes/", nodes.node_list, name="nodes"),
    path("nodes/new/", nodes.node_new, name="node_new"),
    path("nodes/<int:node_id>/", nodes.node_detail, name="node"),
    path("nodes/<int:node_id>/closure/", nodes.node_closure, name="node_closure"),
    path("nodes/<int:node_id>/rooms/", nodes.node_rooms, name="node_rooms"),
    path("users/", users.user_list, name="users"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/<int:user_id>/", users.user_detail, name="user"),
    path("users/<int:user_id>/closure/", users.user_closure, name="user_closure"),
    path("users/<int:user_id>/password/", users.user_password, name="user_password"),
    path("users/<int:user_id>/unlocking/", users.user_unlocking, name="user_unlocking"),
    path("users/<int:user_id>/grants/", roles.user_grants, name="user_grants"),
    path("users/<int:user_id>/grants/<int:grant_id>/end/", roles.grant_end, name="grant_end"),
    path("roles/", roles.role_matrix, name="roles"),
    path("roles/<slug:role>/cells/<slug:function>/", roles.role_cell, name="role_cell"),
    path("limits/", limits.limit_list, name="limits"),
    path("limits/<str:code>/", limits.limit_detail, name="limit"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/holidays/", calendars.holidays, name="holidays"),
    path("calendars/makeup-workdays/", calendars.makeup_workdays, name="makeup_workdays"),
    path("calendars/festivals/<slug:code>/", calendars.festival, name="festival"),
    path("calendars/<slug:code>/", calendars.calendar_detail, name="calendar"),
    path("stand-ins/", stand_ins.stand_ins, name="stand_ins"),
    path("stand-ins/<int:stand_in_id>/end/", stand_ins.stand_in_end, name="stand_in_end"),
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:entry_id>/personal/", audit.audit_personal, name="audit_personal"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:job_id>/retry/", jobs.job_retry, name="job_retry"),
    path("jobs/messages/<int:message_id>/retry/", jobs.message_retry, name="message_retry"),
    path("jobs/messages/<int:message_id>/cancellation/", jobs.message_cancel, name="message_cancel"),
    path("setup/", setup.setup, name="setup"),
]

urlpatterns = [
    path("login/", sessions.login, name="login"),
    path("logout/", sessions.logout, name="logout"),
    path("lock/", sessions.lock, name="lock"),
    path("password/", passwords.password, name="password"),
    path("password/first/", passwords.first_password, name="first_password"),
    path("", include((pages, "administration"))),
]
