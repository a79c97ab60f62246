"""Whether a plan can get stuck, do things twice or carry parts that never act, and whether its calls end."""

from apps.processes.core.soundness.calls import check_calls
from apps.processes.core.soundness.scopes import check_soundness
from apps.processes.core.soundness.standing import faults_from

__all__ = ["check_calls", "check_soundness", "faults_from"]
