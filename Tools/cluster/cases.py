"""What the checks of this folder have in common: cases that run one after the other, of which each may fail alone."""

import sys


class Failure(Exception):
    pass


def run_cases(program, make_check, names, only):
    """Runs those of `names` that are wanted as methods of the check, each of which returns a line about what it found.

    Ends the program, with status 1 where a case failed or the check could not be made.
    """
    try:
        check = make_check()
    except Failure as failure:
        sys.exit(f"{program}: {failure}")
    failed = False
    for name in names:
        if only and name not in only:
            continue
        try:
            found = getattr(check, name)()
        except Failure as failure:
            found, failed = f"WRONG: {failure}", True
        print(f"{name:<11} {found}", flush=True)
    sys.exit(1 if failed else 0)
