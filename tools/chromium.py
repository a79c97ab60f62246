"""Finds a Chromium for the browser tests and, where this user may, installs the system's package."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")


def find() -> str | None:
    """Path of a usable browser: CLEARWAY_CHROMIUM, else the first of the usual names."""
    return os.environ.get("CLEARWAY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str:
    """Says what the browser tests will do; installs Chromium when it is missing and this user may."""
    if found := find():
        return f"browser tests: {found}"
    root = _as_root()
    if root is None or not shutil.which("apt-get"):
        return (
            "browser tests: skipped, no Chromium here and this user may not install it (apt-get install chromium fonts-noto-cjk)"
        )
    print("Installing Chromium from the system's packages ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*root, "apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    done = subprocess.run([*root, *environment, "apt-get", "install", "-y", "-qq", *PACKAGES], **quiet)  # type: ignore[call-overload]
    if done.returncode == 0 and (found := find()):
        return f"browser tests: {found}"
    return "browser tests: skipped, Chromium could not be installed from the system's packages"


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    may = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if may else None
