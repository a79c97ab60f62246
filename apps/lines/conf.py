"""What an installation may say about the business lines."""

from django.conf import settings


def plays_market() -> bool:
    """Whether the simulated market attends by itself (DEMO_MARKET): in demonstrations, never in production."""
    return bool(getattr(settings, "DEMO_MARKET", False))
