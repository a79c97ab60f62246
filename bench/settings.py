"""The embedded settings with the bench's own handlers."""

from clearway.settings.embedded import *  # noqa: F403
from clearway.settings.embedded import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
