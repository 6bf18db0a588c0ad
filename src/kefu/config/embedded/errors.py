"""What can go wrong with the embedded server, said so that the reader knows what to do next."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL can't be used; the message names the cause and the way out."""
