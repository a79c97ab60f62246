"""Everything that changes a process: its versions, its tests, and the working copy that becomes the next version."""

from apps.processes.actions.testing import remove_test, save_test
from apps.processes.actions.versions import (
    MOVES,
    approve_version,
    create_process,
    create_process_from_template,
    new_version_from_template,
    publish_version,
    retire_version,
    save_draft,
    send_back_version,
    submit_version,
)
from apps.processes.actions.working_copies import (
    discard_working_copy,
    finish_working_copy,
    open_working_copy,
    save_working_copy,
)

__all__ = [
    "MOVES",
    "approve_version",
    "create_process",
    "create_process_from_template",
    "discard_working_copy",
    "finish_working_copy",
    "new_version_from_template",
    "open_working_copy",
    "publish_version",
    "remove_test",
    "retire_version",
    "save_draft",
    "save_test",
    "save_working_copy",
    "send_back_version",
    "submit_version",
]
