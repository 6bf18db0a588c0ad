"""Rights over background jobs."""

from kefu.foundation.access.rules import Needed, Permission, grants


class JobsPermission(Permission):
    """What may be done with jobs that failed."""

    RETRY = "jobs:job:retry"


grants({JobsPermission.RETRY: ("configuration", Needed.ACT)})
