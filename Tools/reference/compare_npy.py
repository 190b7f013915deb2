"""Compares two folders of .npy files and fails when they differ too much.

    compare_npy.py expected-v1 found-v1
    compare_npy.py expected-v1 found-v1 --max-error 1e-3 --relative-norm 1e-5

For each file: the largest |found - expected|, where it is and both values there,
and ||found - expected|| / ||expected||. Exit status 1 when any file is above a
tolerance, misshapen, missing or not finite; files only in FOUND are named.
"""

import argparse
import sys
from pathlib import Path

import numpy


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expected", type=Path)
    parser.add_argument("found", type=Path)
    parser.add_argument("--max-error", type=float, help="largest absolute error allowed")
    parser.add_argument("--relative-norm", type=float, default=1e-5, help="default: 1e-5")
    arguments = parser.parse_args()
    for folder in (arguments.expected, arguments.found):
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    if not any(arguments.expected.glob("*.npy")):
        parser.error(f"no .npy files in {arguments.expected}")
    return arguments


def compare(expected, found, max_error, relative_norm):
    """(columns to print, whether the file passes)."""
    if expected.shape != found.shape:
        return [f"expected shape {list(expected.shape)}, found {list(found.shape)}"], False
    if expected.size == 0:
        return ["empty in both"], True
    unfinished = numpy.count_nonzero(~numpy.isfinite(found) | ~numpy.isfinite(expected))
    if unfinished:
        return [f"{unfinished} of {found.size} values are not finite in one of them"], False
    error, relative = differences(expected, found)
    worst = tuple(int(place) for place in numpy.unravel_index(error.argmax(), error.shape))
    columns = [
        f"max {error[worst]:.3e} at {list(worst)} (expected {expected[worst]:.7g}, found {found[worst]:.7g})",
        f"relative norm {relative:.3e}",
    ]
    passes = relative <= relative_norm
    if max_error is not None:
        above = numpy.count_nonzero(error > max_error)
        columns.append(f"{above} of {error.size} above")
        passes = passes and above == 0
    return columns, passes


def differences(expected, found):
    """(|found - expected|, ||found - expected|| / ||expected||) in double precision, for arrays of one shape."""
    expected, found = expected.astype(numpy.float64), found.astype(numpy.float64)
    error = numpy.abs(found - expected)
    norm = numpy.linalg.norm(expected)
    if norm == 0:
        return error, 0.0 if not error.any() else float("inf")
    return error, numpy.linalg.norm(error) / norm


def main():
    arguments = parse_arguments()
    failures = 0
    names = sorted(path.name for path in arguments.expected.glob("*.npy"))
    for name in names:
        if (arguments.found / name).is_file():
            columns, passes = compare(
                numpy.load(arguments.expected / name), numpy.load(arguments.found / name),
                arguments.max_error, arguments.relative_norm)
        else:
            columns, passes = ["missing"], False
        failures += not passes
        print("  ".join(["ok    " if passes else "FAILED", f"{name:32}", *columns]))
    for name in sorted({path.name for path in arguments.found.glob("*.npy")} - set(names)):
        print(f"extra   {name}")
    print(f"{len(names) - failures} passed, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
