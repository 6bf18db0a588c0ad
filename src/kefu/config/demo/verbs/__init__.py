"""The verbs of the stories, a file per part of the house. Each calls the action that the person's page would call."""

from kefu.config.demo.verbs import care, goods, intake, knowing, reports, samples  # noqa: F401  registration
