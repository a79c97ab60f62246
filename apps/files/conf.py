"""Settings of this app, read late. Nobody else here reads `django.conf.settings`."""

from pathlib import Path

from django.conf import settings


def data_folder() -> Path:
    """Where the installation keeps its data."""
    return Path(settings.DATA_DIR)


def stored_files() -> Path:
    """Our own copies of market files, by digest."""
    return data_folder() / "files"


def from_data_folder(path: str) -> Path:
    """A path of master data: absolute, or relative to the data folder."""
    return data_folder() / path
