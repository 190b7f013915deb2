#!/usr/bin/env python3
"""Lets `maest annotate` run out of disk, lets the disk become read-only, and compares the end with a run on a good one.

    sudo full_disk_test.py /tmp/small
    sudo full_disk_test.py /tmp/small --format sqlite --only full

full        the output is on a file system with room for a part of it; then there is room, and the same command is run
            again
read-only   the output's file system is read-only from the start; then it can be written
failing     the file system becomes read-only while records are written, as the kernel makes it after a disk's error
            (ext4 in a file, through /sys/fs/ext4/*/trigger_fs_error); then it is repaired as after a new start

Each time the first command must end by itself with exit status 2 and a message that names the output and the reason,
what is there must be whole, and the second command must end equal to the reference, the output of a run on a good disk.

Linux, root (for mount), e2fsprogs, Python 3.10. Exit status 1 where something is wrong, 2 for usage.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from annotate_command import Library, command, parser
from annotate_run import AnnotateRun
from check_library import wrong_statuses
from kill_test import EXIT_STATUSES, EXTENSIONS
from outputs import OutputError, first_difference, read_output
from small_disk import DiskError, Ext4Disk, make_read_only, memory_disk, resize

ROOMY = 1 << 30
# Of what the output takes in the end. A database needs room before its first record: the disk is made larger until some
# records are there.
SHARE_OF_ROOM = 0.4
MORE_ROOM = 1.25
# When a disk fails, in the share of the records that are there.
FAILING_SHARE = 0.3
# A program that cannot write any more has to end within so long.
PATIENCE_SECONDS = 120.0
# What a message may say of the reason, by the operating system or SQLite, which has a file of its own that has to grow.
REASONS = {"full": ("No space left on device", "disk is full", "disk I/O error"),
           "read-only": ("Read-only file system", "read only", "readonly database"),
           "failing": ("Read-only file system", "Input/output error", "disk I/O error", "readonly database")}


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--format", choices=EXTENSIONS, action="append", help="repeatable (default: all)")
    options.add_argument("--only", choices=REASONS, action="append", help="repeatable (default: all)")
    arguments = options.parse_args()
    if os.geteuid() != 0:
        options.error("mounting file systems needs root: run it with sudo")
    missing = [program for program in ("mount", "findmnt", "mkfs.ext4", "e2fsck") if shutil.which(program) is None]
    if missing:
        options.error(f"{', '.join(missing)} not found; install util-linux and e2fsprogs")
    return arguments


class DiskTest:
    """The cases of one format."""

    def __init__(self, arguments, library, folder, extension):
        self.arguments, self.library, self.folder = arguments, library, folder
        self.name = f"tags{extension}"
        self.problems = []
        reference = folder / f"reference{extension}"
        outcome = self.annotate(reference).wait()
        self.seconds = outcome.wall_seconds
        self.reference = read_output(reference)
        self.size = disk_usage(reference)
        wrong = wrong_statuses(library, self.reference)
        if wrong:
            self.problems.append(f"the reference: {len(wrong)} tracks are wrong, such as {wrong[0]}")

    def annotate(self, out):
        return AnnotateRun(command(self.arguments, self.library, out))

    def full(self):
        room = self.size * SHARE_OF_ROOM
        with memory_disk(int(room)) as disk:
            while self.expect_failure(self.annotate(disk / self.name), disk, "full") == 0:
                room *= MORE_ROOM
                resize(disk, int(room))
            resize(disk, ROOMY)
            self.expect_success(disk)

    def read_only(self):
        with memory_disk(ROOMY) as disk:
            make_read_only(disk)
            self.expect_failure(self.annotate(disk / self.name), disk, "read-only")
            make_read_only(disk, False)
            self.expect_success(disk)

    def failing(self):
        ext4 = Ext4Disk(self.folder / "ext4.img")
        with ext4.mounted() as disk:
            run = self.annotate(disk / self.name)
            self.wait_for_records(disk, run)
            ext4.fail(disk)
            self.expect_failure(run, disk, "failing")
        ext4.repair()
        with ext4.mounted() as disk:
            self.expect_success(disk)

    def wait_for_records(self, disk, run):
        """Until some of them are there."""
        deadline = time.monotonic() + self.seconds + PATIENCE_SECONDS
        while self.record_count(disk) < FAILING_SHARE * len(self.reference.tracks):
            if time.monotonic() > deadline:
                run.kill()
                raise OutputError(f"{self.name}: too few records after {deadline - run.start:.0f} s")
            time.sleep(0.05)

    def record_count(self, disk):
        """While it is written; 0 where the copy of a database fell between two changes."""
        try:
            return len(read_output(disk / self.name).tracks)
        except (OutputError, FileNotFoundError):
            return 0

    def expect_failure(self, run, disk, case):
        """Returns the number of records that are there then; None where it did not end."""
        outcome = run.wait_until(time.monotonic() + self.seconds + PATIENCE_SECONDS)
        if outcome is None:
            run.kill()
            self.problems.append(f"{case}: it did not end")
            return None
        contents = read_output(disk / self.name)
        count = len(contents.tracks)
        last = outcome.messages.strip().splitlines()[-1:] or [""]
        print(f"  {case:<10} exit status {outcome.returncode} after {outcome.wall_seconds:.1f} s, {count} records"
              f"{' and a torn line' if contents.is_torn else ''}: {last[0]}")
        if outcome.returncode != 2:
            self.problems.append(f"{case}: exit status {outcome.returncode}, expected 2")
        if count >= len(self.reference.tracks):
            self.problems.append(f"{case}: the disk was large enough; the test shows nothing")
        if self.name not in outcome.messages or not any(reason in outcome.messages for reason in REASONS[case]):
            self.problems.append(f"{case}: the message names not both {self.name} and one of {REASONS[case]}")
        return count

    def expect_success(self, disk):
        outcome = self.annotate(disk / self.name).wait()
        difference = first_difference(read_output(disk / self.name), self.reference)
        print(f"  {'then':<10} exit status {outcome.returncode} after {outcome.wall_seconds:.1f} s, "
              f"{'different' if difference else 'equal to the reference'}")
        if outcome.returncode not in EXIT_STATUSES:
            self.problems.append(f"exit status {outcome.returncode}: {outcome.messages[-300:]}")
        if difference:
            self.problems.append(difference)


def disk_usage(path):
    """Bytes on the disk of a file or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_blocks * 512 for file in files)


def main():
    arguments = parse_arguments()
    library = Library(arguments.library)
    print(library)
    problem_count = 0
    for name in arguments.format or EXTENSIONS:
        with tempfile.TemporaryDirectory(prefix="maest-full-disk-") as folder:
            test = DiskTest(arguments, library, Path(folder), EXTENSIONS[name])
            print(f"{name}, {len(test.reference.tracks)} records in {test.size} bytes, {test.seconds:.1f} s")
            for case in arguments.only or REASONS:
                try:
                    getattr(test, case.replace("-", "_"))()
                except (OutputError, DiskError) as error:
                    test.problems.append(f"{case}: {error}")
        for problem in test.problems:
            print(f"  WRONG      {problem}")
        problem_count += len(test.problems)
    sys.exit(1 if problem_count else 0)


if __name__ == "__main__":
    main()
