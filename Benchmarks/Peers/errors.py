"""How far an engine's outputs are from the reference's: one line of JSON.

    errors.py reference found

    {"logits": {"largest": 3.1e-6, "relative_norm": 7.2e-7}, ...}     for every array in `found`
"""

import argparse
import json
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tools/reference"))

from compare_npy import differences


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("found", type=Path)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    results = {}
    for path in sorted(arguments.found.glob("*.npy")):
        expected, found = numpy.load(arguments.reference / path.name), numpy.load(path)
        if expected.shape != found.shape:
            sys.exit(f"errors: {path.name}: shape {list(found.shape)}, the reference has {list(expected.shape)}")
        error, relative = differences(expected, found)
        results[path.stem] = {"largest": float(error.max()), "relative_norm": float(relative)}
    if not results:
        sys.exit(f"errors: no .npy in {arguments.found}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
