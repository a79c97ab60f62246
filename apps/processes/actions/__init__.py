"""Everything that changes a process: its versions, its tests, and the working copy that becomes the next version."""

from apps.processes.actions.packages import import_package, receive_package, trust_key, withdraw_key
from apps.processes.actions.standards import describe_process, load_house_standards, remove_standard, save_standard
from apps.processes.actions.templates import remove_template, save_template
from apps.processes.actions.testing import remove_test, save_test
from apps.processes.actions.variants import (
    create_process_from_template,
    create_variant,
    new_version_from_template,
    rebase_variant,
)
from apps.processes.actions.versions import (
    MOVES,
    approve_version,
    create_process,
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
    "create_variant",
    "describe_process",
    "discard_working_copy",
    "finish_working_copy",
    "import_package",
    "load_house_standards",
    "new_version_from_template",
    "open_working_copy",
    "publish_version",
    "rebase_variant",
    "receive_package",
    "remove_standard",
    "remove_template",
    "remove_test",
    "retire_version",
    "save_draft",
    "save_standard",
    "save_template",
    "save_test",
    "save_working_copy",
    "send_back_version",
    "submit_version",
    "trust_key",
    "withdraw_key",
]
