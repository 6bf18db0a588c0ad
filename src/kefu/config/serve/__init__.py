"""`kefu serve`: one command that keeps the database, the web server, the worker and the laboratory line alive.

The supervisor itself loads no Django: whatever breaks in the application, it still restarts and stops its children.
"""
