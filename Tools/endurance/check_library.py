#!/usr/bin/env python3
"""Runs `maest annotate` over a whole library of make_library.py and holds the result against its manifest.

    check_library.py /tmp/library --out /tmp/tags.jsonl --out /tmp/tags.sqlite
    check_library.py /tmp/library --out /tmp/vectors.jsonl --maest ~/bin/maest -- --layer 7 --pooling mean3 --jobs 4

Every good track must have one record that is done, with the duration, sample rate and channels of the manifest, every
damaged one a record that is partial and says what is missing, and every broken one a record that failed with one of the
manifest's codes; none may be missing or there twice. Then the
same command is run again and must change nothing. Prints the time, the processor's use, the peak of the resident
memory, and the memory in the first and the last quarter of the run; growth above --allowed-growth is a failure. Other
work on the machine is in the times.

Linux, Python 3.10. Exit status 1 where something is wrong, 2 for usage.
"""

import json
import shutil
import sys
from collections import Counter
from pathlib import Path

from annotate_command import Library, command, parser
from annotate_run import AnnotateRun
from outputs import OutputError, read_output

# Encoders put silence around the sound, twice in a joined file.
DURATION_TOLERANCE = 0.3
# Small amounts of memory may grow by any share.
FREE_GROWTH_BYTES = 16_000_000
EXAMPLES = 5
# Warnings that tell of missing sound.
LOSSES = ("damaged", "cutShort", "unreadBytes")


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--out", type=Path, action="append", required=True, metavar="PATH",
                         help="output to make, by extension as maest annotate does (repeatable; removed first)")
    options.add_argument("--keep", action="store_true", help="go on with outputs that are there")
    options.add_argument("--no-second-run", action="store_true")
    options.add_argument("--allowed-growth", type=float, default=0.1, metavar="SHARE",
                         help="of private memory from the first quarter to the last (default: 0.1)")
    return options.parse_args()


def remove(path):
    """The output and what lies beside it: locks, write-ahead logs."""
    for part in path.parent.glob(path.name + "*"):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink()


def wrong_statuses(library, contents):
    """One line for each track that does not have the one record it should have."""
    found = {library.path_in_manifest(path): (status, code) for path, status, code in contents.tracks}
    problems = [f"{path!r} is not in the library" for path in sorted(found.keys() - library.tracks.keys())]
    for path, track in library.tracks.items():
        status, code = found.get(path, ("missing", None))
        if status != track["status"]:
            problems.append(f"{path!r} ({track['kind']}) is {status}, expected {track['status']}"
                            + (f": {code}" if code else ""))
        elif status == "failed" and code not in track["codes"]:
            problems.append(f"{path!r} ({track['kind']}) failed with {code}, expected {' or '.join(track['codes'])}")
    return problems


def wrong_facts(library, path):
    """What the records in a file of JSON lines say of good and damaged tracks, against the manifest."""
    problems = []
    for line in path.read_bytes().splitlines():
        record = json.loads(line)
        track = library.tracks.get(library.path_in_manifest(record["path"]))
        if track is None or record["status"] == "failed":
            continue
        problems += wrong_duration(record, track)
        facts = {"channels": track["channels"], "size": track["size"]}
        if not track["kind"].startswith("opus"):
            # Opus is always decoded at a rate of its own.
            facts["sample_rate"] = track["sample_rate"]
        problems += [f"{track['path']!r} has {name} {record[name]}, expected {value}"
                     for name, value in facts.items() if record[name] != value]
        if record["patch_count"] < 1:
            problems.append(f"{track['path']!r} has no patch")
    return problems


def wrong_duration(record, track):
    """A partial record must have at least half of the sound, and say what is missing of the rest."""
    found, whole = record["duration"], track["seconds"]
    is_partial = record["status"] == "partial"
    shortest = whole / 2 if is_partial else whole
    problems = []
    if not shortest - DURATION_TOLERANCE <= found <= whole + DURATION_TOLERANCE:
        problems.append(f"{track['path']!r} lasts {found} s, expected {'at most ' if is_partial else ''}{whole} s")
    losses = [warning for warning in record.get("warnings", []) if warning["code"] in LOSSES]
    if is_partial != bool(losses) or is_partial != ("lost_seconds" in record):
        problems.append(f"{track['path']!r} is {record['status']} with {len(losses)} losses and "
                        f"{record.get('lost_seconds', 'no')} seconds lost")
    return problems


def check(arguments, library, out):
    """Runs and prints; returns the problems."""
    if not arguments.keep:
        remove(out)
    run = AnnotateRun(command(arguments, library, out), watch_memory=True)
    outcome = run.wait()
    problems = []
    expected_code = 1 if library.failing_count else 0
    if outcome.returncode != expected_code:
        problems.append(f"exit status {outcome.returncode}, expected {expected_code}: {outcome.messages[-500:]}")
    if left := run.left_behind():
        problems.append(f"{left} processes were left behind")
    try:
        contents = read_output(out)
    except OutputError as error:
        return [*problems, str(error)]
    if contents.is_torn:
        problems.append("the last line is torn")
    problems += wrong_statuses(library, contents)
    if out.suffix == ".jsonl":
        problems += wrong_facts(library, out)
    print_outcome(out, library, contents, outcome)
    problems += memory_growth(outcome, arguments.allowed_growth)
    if not arguments.no_second_run:
        problems += run_again(arguments, library, out, contents, expected_code)
    return problems


def print_outcome(out, library, contents, outcome):
    statuses = Counter(status for _, status, _ in contents.tracks)
    codes = Counter(code for _, _, code in contents.tracks if code)
    print(f"{out}\n  records    {statuses['done']} done, {statuses['partial']} partial, {statuses['failed']} failed")
    print(f"  failures   {', '.join(f'{count} {code}' for code, count in sorted(codes.items()))}")
    print(f"  time       {outcome.wall_seconds:.1f} s, {len(contents.tracks) / outcome.wall_seconds:.2f} tracks/s, "
          f"{library.hours * 3600 / outcome.wall_seconds:.0f} times as fast as they play")
    print(f"  processor  {outcome.processor_share:.0%} of the cores (user {outcome.user_seconds:.1f} s, system "
          f"{outcome.system_seconds:.1f} s)")
    print(f"  memory     peak {outcome.peak_bytes / 1e6:.0f} MB resident")
    for quantity in ("resident", "private", "children"):
        quarters = [outcome.quarter(number, quantity) for number in range(4)]
        if None not in quarters:
            values = ", ".join(f"{value / 1e6:.1f}" for value in quarters)
            print(f"  {quantity:<9}  {values} MB in the quarters of the run")


def memory_growth(outcome, allowed):
    first, last = outcome.quarter(0, "private"), outcome.quarter(3, "private")
    if None in (first, last) or last - first <= max(FREE_GROWTH_BYTES, allowed * first):
        return []
    return [f"private memory grew from {first / 1e6:.1f} MB in the first quarter to {last / 1e6:.1f} MB in the last"]


def run_again(arguments, library, out, contents, expected_code):
    """With everything recorded, the same command has nothing to do; failures on record are told by the exit status."""
    outcome = AnnotateRun(command(arguments, library, out)).wait()
    print(f"  again      {outcome.wall_seconds:.2f} s, exit status {outcome.returncode}")
    problems = [] if outcome.returncode == expected_code else [
        f"the second run: exit status {outcome.returncode}, expected {expected_code}"]
    return problems if read_output(out).lines == contents.lines else [*problems, "the second run changed records"]


def main():
    arguments = parse_arguments()
    library = Library(arguments.library)
    print(library)
    failed = False
    for out in arguments.out:
        problems = check(arguments, library, out)
        for problem in problems[:EXAMPLES]:
            print(f"  WRONG      {problem}")
        if len(problems) > EXAMPLES:
            print(f"  ... and {len(problems) - EXAMPLES} more")
        failed |= bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
