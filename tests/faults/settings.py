"""The embedded settings with short leases, so that a killed worker is noticed within a test's patience."""

from clearway.settings.embedded import *  # noqa: F403
from clearway.settings.embedded import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]

CLEARWAY_LEASE_SECONDS = 2
CLEARWAY_HEARTBEAT_SECONDS = 1
CLEARWAY_SWEEP_SECONDS = 0.2
CLEARWAY_RING_AGAIN_SECONDS = 2
CLEARWAY_CRASHES_BEFORE_INCIDENT = 1000
