"""What can be done with market files: look for them, take them in, send ours, define where they come from."""

from apps.files.actions.arrival import Scan, scan_source
from apps.files.actions.due import scan_due_sources
from apps.files.actions.late import tell_late_files
from apps.files.actions.layouts import import_layout, require_catalogue_keeper
from apps.files.actions.quarantine import LATE_FILE_KIND, ask_release, reject_file
from apps.files.actions.sending import send_file
from apps.files.actions.sources import define_source, load_catalogue

__all__ = [
    "LATE_FILE_KIND",
    "Scan",
    "ask_release",
    "define_source",
    "import_layout",
    "load_catalogue",
    "reject_file",
    "require_catalogue_keeper",
    "scan_due_sources",
    "scan_source",
    "send_file",
    "tell_late_files",
]
