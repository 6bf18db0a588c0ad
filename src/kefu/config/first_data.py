"""What every installation begins with, demo or not: head office, roles, calendars, questionnaires, catalogue, journey, types of visits, messages."""

from datetime import datetime

from kefu.administration.actions.installation import prepare
from kefu.appointments.visit_types import load_visit_types
from kefu.journey.content import load_journeys
from kefu.messaging.content import load as load_messages
from kefu.organisation.models import Node
from kefu.products.content import load as load_catalogue
from kefu.questionnaires.content import load as load_questionnaires


def load_first_data(*, at: datetime) -> None:
    """Load the shipped content that is not there yet; what people edited stays. Safe to repeat."""
    if not Node.objects.exists():
        prepare(by=None, at=at)
    load_questionnaires(by=None, at=at)
    load_catalogue(by=None, at=at)
    load_messages(by=None, at=at)
    load_journeys(by=None, at=at)
    load_visit_types(by=None, at=at)
