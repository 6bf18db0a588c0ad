"""Rights over templates, messages and contacts."""

from kefu.foundation.access.rules import Needed, Permission, grants


class MessagingPermission(Permission):
    """Permission names of messaging."""

    TEMPLATE_VIEW = "messaging:template:view"
    TEMPLATE_EDIT = "messaging:template:edit"
    MESSAGE_VIEW = "messaging:message:view"
    MESSAGE_RESEND = "messaging:message:resend"
    CONTACT_LOG = "messaging:contact:log"


# Whoever may see a customer may say that they talked: doctors, managers, service, guides.
grants(
    {
        MessagingPermission.TEMPLATE_VIEW: ("message_template", Needed.VIEW),
        MessagingPermission.TEMPLATE_EDIT: ("message_template", Needed.ACT),
        MessagingPermission.MESSAGE_VIEW: ("customer_archive", Needed.VIEW),
        MessagingPermission.MESSAGE_RESEND: ("customer_archive", Needed.ACT),
        MessagingPermission.CONTACT_LOG: ("customer_archive", Needed.VIEW),
    }
)
