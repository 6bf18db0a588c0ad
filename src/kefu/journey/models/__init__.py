"""Tables of the journey: configuration, and the journeys themselves."""

from kefu.journey.models.journeys import Journey, JourneyEntry
from kefu.journey.models.templates import ExtraStatus, JourneyTemplate, NodeGate, NodeTemplate, Phase

__all__ = ["ExtraStatus", "Journey", "JourneyEntry", "JourneyTemplate", "NodeGate", "NodeTemplate", "Phase"]
