"""Why jobs failed; the jobs themselves are rows of procrastinate."""

from django.db import models


class JobFailure(models.Model):
    """One failed attempt of a job, kept so that the page of failed jobs can say what went wrong."""

    job_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=128)
    at = models.DateTimeField()
    error = models.CharField(max_length=500)
