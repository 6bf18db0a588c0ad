"""Finding nodes and the users that are systems."""

from django.db.models import Q

from kefu.kernel.ids import parse_ident
from kefu.organisation.models import Node, User

SYSTEM = "system"
LABORATORY = "lab-system"


def system_user(username: str) -> User:
    """The account under which a system acts. User.DoesNotExist means the installation was never set up."""
    return User.objects.get(username=username, is_system=True)


def node_by(reference: str) -> Node | None:
    """A node by id (`nod_3`) or code."""
    pk = parse_ident(reference, "nod")
    return Node.objects.filter(pk=pk).first() if pk is not None else Node.objects.filter(code=reference).first()


def user_by(reference: str) -> User | None:
    """A person by id (`usr_3`) or job number; systems are not people."""
    pk = parse_ident(reference, "usr")
    found = Q(pk=pk) if pk is not None else Q(job_number=reference)
    return User.objects.filter(found, is_system=False).first()
