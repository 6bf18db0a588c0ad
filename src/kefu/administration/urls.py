"""Addresses of the door and of administration. Login, lock and password have plain names: settings and frame use them."""

from django.urls import path

from kefu.administration.views import passwords, sessions

urlpatterns = [
    path("login/", sessions.login, name="login"),
    path("logout/", sessions.logout, name="logout"),
    path("lock/", sessions.lock, name="lock"),
    path("password/", passwords.password, name="password"),
    path("password/first/", passwords.first_password, name="first_password"),
]
