"""Listening to what Django sends."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def sent():
    """The reading statements sent within the block, with their values."""
    statements = []

    def listen(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield statements
