from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReconConfig(AppConfig):
    name = "apps.recon"
    verbose_name = _("Reconciliation")
