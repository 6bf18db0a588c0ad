"""A PostgreSQL server of our own, for a laptop, the demo and the tests; in production DATABASE_URL names a real one.

Knows nothing of Django. `running` attaches to the server of a home directory and stops it when the last user
leaves; `guarded` does the same from a small process of its own, so that the server stops even if the caller is killed.
"""

from kefu.config.embedded.cluster import Cluster
from kefu.config.embedded.errors import EmbeddedError
from kefu.config.embedded.guardian import guarded
from kefu.config.embedded.leases import leased, running

__all__ = ["Cluster", "EmbeddedError", "guarded", "leased", "running"]
