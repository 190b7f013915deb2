"""File systems that are too small or become read-only, mounted for a test. Linux, root."""

import contextlib
import subprocess
import tempfile
from pathlib import Path


class DiskError(Exception):
    pass


def system(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DiskError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def mounted(*options):
    """Mounts on a new folder, gives it, and takes all away again."""
    folder = Path(tempfile.mkdtemp(prefix="maest-disk-"))
    try:
        system("mount", *options, folder)
        try:
            yield folder
        finally:
            system("umount", folder)
    finally:
        folder.rmdir()


def memory_disk(byte_count):
    """A file system in memory with room for so many bytes."""
    return mounted("-t", "tmpfs", "-o", f"size={byte_count}", "tmpfs")


def resize(folder, byte_count):
    system("mount", "-o", f"remount,size={byte_count}", folder)


def make_read_only(folder, read_only=True):
    """Only where no file is open for writing."""
    system("mount", "-o", "remount,ro" if read_only else "remount,rw", folder)


class Ext4Disk:
    """An ext4 file system in a file, which turns read-only after an error, also under a program that writes to it."""

    SIZE = 512 << 20

    def __init__(self, image):
        self.image = Path(image)
        with self.image.open("wb") as file:
            file.truncate(self.SIZE)
        system("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", self.image)

    def mounted(self):
        return mounted("-o", "loop,errors=remount-ro", self.image)

    def fail(self, folder):
        """What a disk's error does: the kernel makes the file system read-only, whoever writes."""
        device = Path(system("findmnt", "-n", "-o", "SOURCE", folder).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("test of maest annotate\n", encoding="ascii")

    def repair(self):
        """While it is not mounted. Status 1 of e2fsck is that it has corrected something."""
        done = subprocess.run(["e2fsck", "-f", "-y", str(self.image)], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise DiskError(f"e2fsck: status {done.returncode}: {done.stdout[-300:]}")
