"""A file whose time has passed is told once: its row and the journal are one commit, and the row can be made only once."""

from django.db import IntegrityError, transaction

from apps.files.events import FileLate
from apps.files.models import LateFile
from apps.files.selectors import overdue
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint


def tell_late_files() -> int:
    """Looks at all arrival rules; how many files were told to be late. Any number of sweepers tell each once."""
    return sum(_tell(late) for late in overdue(clock.now()))


def _tell(late: LateFile) -> bool:
    try:
        with transaction.atomic():
            late.save()
            fact = FileLate(
                line=late.source.line.code,
                business_date=late.business_date.isoformat(),
                source=late.source.code,
                file_code=late.file_code,
                due=late.due_at.isoformat(),
            )
            append(fact, actor=None)
            crashpoint("file.late_told")
    except IntegrityError:
        return False  # another sweeper told it
    return True
