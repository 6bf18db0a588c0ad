"""The way to the job tables over Django's own connection, so that a job belongs to the caller's transaction.

Inside a worker procrastinate's app talks through a pool of its own; a job enqueued there would outlive a rollback.
"""

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

connector = DjangoConnector()
manager = JobManager(connector)
