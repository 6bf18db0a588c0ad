"""What the catalogue says on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

REPORT_CORRECTED = sentence("products.report.corrected", _("您报的 %(product)s 资料错误已更正：%(answer)s"))
REPORT_ANSWERED = sentence("products.report.answered", _("您报的 %(product)s 资料核对无误：%(answer)s"))
