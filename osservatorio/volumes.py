"""Whether the volume that a folder lies on is encrypted, as far as the system tells without asking for privileges."""

import os
import re
import subprocess
import sys
from pathlib import Path

ENCRYPTED_FILE_SYSTEMS = ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs")
MAPPER_PREFIX = "CRYPT-"  # what the device mapper calls volumes of LUKS and dm-crypt
SECONDS = 10


def is_volume_encrypted(folder: Path, *, root: Path = Path("/")) -> bool | None:
    """True or False where the system says so; None where it cannot be told. `root` is where /proc and /sys are."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if sys.platform.startswith("linux"):
        return _on_linux(place.resolve(), root)
    if sys.platform == "darwin":
        return _by_command(["fdesetup", "status"], yes="FileVault is On", no="FileVault is Off")
    if os.name == "nt":
        drive = place.resolve().drive
        shell = f"(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self.ExtendedProperty('System.Volume.BitLockerProtection')"
        return _by_command(["powershell", "-NoProfile", "-Command", shell], yes="1", no="2")
    return None


def _by_command(command: list[str], *, yes: str, no: str) -> bool | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    said = done.stdout.strip()
    return True if said.startswith(yes) else False if said.startswith(no) else None


def _on_linux(place: Path, root: Path) -> bool | None:
    mount = _mount_of(place, root)
    if mount is None:
        return None
    numbers, kind, source = mount
    if kind in ENCRYPTED_FILE_SYSTEMS:
        return True
    device = _device(numbers, source, root)
    return None if device is None else _is_device_encrypted(device)


def _mount_of(place: Path, root: Path) -> tuple[str, str, str] | None:
    """Device numbers, kind and source of the file system that a folder lies on: the last and longest mount point."""
    try:
        lines = (root / "proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    best: tuple[int, tuple[str, str, str]] | None = None
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or len(kinds) < 2:
            continue
        point = Path(_plain(fields[4]))
        if (place == point or point in place.parents) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), (fields[2], kinds[0], _plain(kinds[1])))
    return best[1] if best else None


def _plain(text: str) -> str:
    """A field of mountinfo, where blanks and the like are written as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _device(numbers: str, source: str, root: Path) -> Path | None:
    """The folder of a block device in /sys; file systems with devices of their own (btrfs) are known by their source."""
    for name in (f"sys/dev/block/{numbers}", f"sys/class/block/{Path(source).name}"):
        if source.startswith("/dev/") and (root / name).exists():
            return (root / name).resolve()
    try:
        number = os.stat(source).st_rdev if source.startswith("/dev/mapper/") else 0
    except OSError:
        return None
    mapped = root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    return mapped.resolve() if number and mapped.exists() else None


def _is_device_encrypted(device: Path) -> bool:
    """The device, or every device that it is made of."""
    uuid = device / "dm" / "uuid"
    if uuid.exists() and uuid.read_text("ascii", "replace").startswith(MAPPER_PREFIX):
        return True
    below = sorted((device / "slaves").glob("*")) if (device / "slaves").is_dir() else []
    return bool(below) and all(_is_device_encrypted(part.resolve()) for part in below)
