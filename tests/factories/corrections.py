"""Corrections of what was posted."""

from typing import Any

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import clock
from apps.lines.corrections.models import Correction
from apps.people.models import User


def a_correction(run: Run, file: ArrivedFile, asked_by: User, **facts: Any) -> Correction:
    """One that waits for its second person, unless something else is said."""
    given: dict[str, Any] = {
        "line": file.line,
        "business_date": file.business_date,
        "owner": run,
        "file_code": file.file_code,
        "corrected_by": file,
        "digest": "0" * 64,
        "reason": "it came again",
        "asked_by": asked_by,
        "asked_at": clock.now(),
    }
    return Correction.objects.create(**{**given, **facts})
