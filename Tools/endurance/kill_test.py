#!/usr/bin/env python3
"""Kills `maest annotate` again and again, starts it again each time, and compares the end with a run left alone.

    kill_test.py /tmp/library --kills 50 --seed 1
    kill_test.py /tmp/library --format sqlite --reference /tmp/tags.sqlite --folder /tmp/killed

Moments of SIGKILL are drawn from the seed: some while the program starts, some in quick succession, most spread over
the time that the reference run took. After each kill the output must be whole (every complete line is a record, at most
the last one is torn; a database passes its integrity check), no path may be there twice, records must not become fewer,
and no process may be left behind. Where a run comes to its end before all kills are done, its output is compared,
removed, and everything begins anew. At the end the output must equal the reference: the sorted lines byte for byte, or
the rows of all tables but those of the runs.

Linux, Python 3.10. Exit status 1 where something is wrong, 2 for usage.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from annotate_command import Library, command, parser
from annotate_run import AnnotateRun
from check_library import remove, wrong_statuses
from outputs import OutputError, first_difference, read_output

EXTENSIONS = {"jsonl": ".jsonl", "sqlite": ".sqlite", "json": ""}
# Shares of the kinds of kills; the rest is spread over the run.
EARLY, QUICK = 0.2, 0.2
EARLY_SECONDS, QUICK_SECONDS = (0.0, 0.3), (0.3, 1.0)
# The moments of all kills together take so much of the reference's time, so that work is left for the last ones.
COVERED = 0.5
# A run that finds all records there may tell the failed ones again, or not.
EXIT_STATUSES = (0, 1)


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--format", choices=EXTENSIONS, default="jsonl", help="default: jsonl")
    options.add_argument("--kills", type=int, default=50, help="default: 50")
    options.add_argument("--seed", type=int, default=1, help="default: 1")
    options.add_argument("--reference", type=Path, metavar="PATH",
                         help="output of a whole run with the same options (default: it is made first)")
    options.add_argument("--reference-seconds", type=float, metavar="SECONDS",
                         help="that such a run takes, to spread the kills over it; needed with --reference")
    options.add_argument("--folder", type=Path, help="for outputs (default: a temporary one, removed at the end)")
    arguments = options.parse_args()
    if (arguments.reference is None) != (arguments.reference_seconds is None):
        options.error("--reference and --reference-seconds go together")
    return arguments


def moments(count, seconds, seed):
    """Seconds from each start to its kill, without end; the first `count` go through a run that takes `seconds`."""
    chance = random.Random(f"kills {seed}")
    # Evenly drawn up to twice the mean.
    longest = 2 * COVERED * seconds / (count * (1 - EARLY - QUICK))
    while True:
        kind = chance.random()
        limits = EARLY_SECONDS if kind < EARLY else QUICK_SECONDS if kind < EARLY + QUICK else (0.0, longest)
        yield chance.uniform(*limits)


class KillTest:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.library = Library(arguments.library)
        extension = EXTENSIONS[arguments.format]
        self.reference_path, self.out = folder / f"reference{extension}", folder / f"killed{extension}"
        self.problems = []
        self.kill_count = self.torn_count = self.finished_count = 0

    def run(self):
        print(self.library)
        seconds = self.make_reference()
        remove(self.out)
        record_count = 0
        for delay in moments(self.arguments.kills, seconds, self.arguments.seed):
            record_count = self.start_and_kill(delay, record_count)
            if self.kill_count == self.arguments.kills:
                break
        outcome = self.annotate().wait()
        print(f"last run   {outcome.wall_seconds:.1f} s, exit status {outcome.returncode}")
        self.compare(outcome)
        print(f"{self.kill_count} kills, {self.torn_count} left a torn last line, {self.finished_count} runs came to "
              f"their end before their kill")

    def annotate(self, out=None):
        return AnnotateRun(command(self.arguments, self.library, out or self.out))

    def make_reference(self):
        """Reads the reference, after making it if there is none. Returns the seconds of a whole run."""
        seconds = self.arguments.reference_seconds
        if self.arguments.reference:
            self.reference_path = self.arguments.reference
        else:
            remove(self.reference_path)
            outcome = self.annotate(self.reference_path).wait()
            seconds = outcome.wall_seconds
        self.reference = read_output(self.reference_path)
        wrong = wrong_statuses(self.library, self.reference)
        if wrong:
            self.problems.append(f"the reference: {len(wrong)} tracks are wrong, such as {wrong[0]}")
        print(f"reference  {len(self.reference.tracks)} records in {seconds:.1f} s")
        return seconds

    def start_and_kill(self, delay, record_count):
        """Returns the number of records that are there then, after `record_count` before."""
        run = self.annotate()
        # Moments are counted from the start.
        outcome = run.wait_until(run.start + delay)
        if outcome is None:
            outcome = run.kill()
        number = self.kill_count + 1
        if left := run.left_behind():
            self.problems.append(f"kill {number}: {left} processes were left behind")
        if outcome.returncode >= 0:
            return self.finished(outcome)
        self.kill_count = number
        contents = self.read(number)
        self.torn_count += contents.is_torn
        if len(contents.tracks) < record_count:
            self.problems.append(f"kill {number}: {record_count} records before, {len(contents.tracks)} after")
        print(f"kill {number:<3}   after {delay:7.2f} s: {len(contents.tracks)} records"
              f"{', a torn line' if contents.is_torn else ''}")
        return len(contents.tracks)

    def finished(self, outcome):
        """A run that was faster than its kill: it must be right, and all begins anew."""
        print(f"finished   after {outcome.wall_seconds:.2f} s, before its kill")
        self.finished_count += 1
        self.compare(outcome)
        remove(self.out)
        return 0

    def read(self, number):
        try:
            return read_output(self.out)
        except OutputError as error:
            raise SystemExit(f"WRONG after kill {number}: {error}") from error

    def compare(self, outcome):
        if outcome.returncode not in EXIT_STATUSES:
            self.problems.append(f"exit status {outcome.returncode}: {outcome.messages[-300:]}")
        contents = self.read("the last")
        if contents.is_torn:
            self.problems.append("the last line of a finished run is torn")
        difference = first_difference(contents, self.reference)
        if difference:
            self.problems.append(f"the output differs from the reference: {difference}")
        else:
            print(f"equal to the reference in all {len(contents.lines)} lines")


def main():
    arguments = parse_arguments()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="maest-kill-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        test = KillTest(arguments, folder.resolve())
        test.run()
    for problem in test.problems:
        print(f"WRONG  {problem}")
    print(f"{'failed' if test.problems else 'passed'} after {time.monotonic() - start:.0f} s")
    sys.exit(1 if test.problems else 0)


if __name__ == "__main__":
    main()
