"""What the lists say to colleagues."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

FINISHED = sentence("lists.bulk.finished", _("批量办理完了：办成 %(done)s 行，没办成 %(refused)s 行"))
