"""How often terms occur, kept by a nightly job so that a search can choose its plan."""

from django.db import models


class TermCount(models.Model):
    """Rows of a target that carry a term. `""` counts all rows, `@7` those of partition 7; rare terms have no row."""

    target = models.CharField(max_length=60)
    term = models.TextField()
    rows = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "term"], name="term_count_once")]
