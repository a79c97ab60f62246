"""What is asked of changes, and of what they touch."""

from apps.changes.selectors.chains import Chain, ChainLink, ChainProcess, chain_for
from apps.changes.selectors.impact import Impact, impact_of, impact_of_version
from apps.changes.selectors.recordings import seen_change

__all__ = ["Chain", "ChainLink", "ChainProcess", "Impact", "chain_for", "impact_of", "impact_of_version", "seen_change"]
