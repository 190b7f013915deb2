#!/usr/bin/env python3
"""Times this engine and Essentia with TensorFlow on the same graph and audio, as whole processes, in turns.

    Benchmarks/compare_with_essentia.py graph.pb audio.wav --rounds 5

Each round runs one after the other: Essentia (MonoLoader, TensorflowPredictMAEST), then `maest tag`, on the weights
that maest-convert made of the graph before. Wall time and peak memory are the operating system's account of each
finished process. Activations are compared. Needs a release build (Tools/demo makes one) and Essentia's environment
(Tools/reference/setup essentia). Print the table with a quiet machine; quote the ratio of medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ESSENTIA_PYTHON = ROOT / "Tools/reference/.venv-essentia/bin/python"
ESSENTIA_PROGRAM = """
import json, sys
import essentia
essentia.log.infoActive = False
essentia.log.warningActive = False
from essentia.standard import MonoLoader, TensorflowPredictMAEST
graph, audio, node_in, node_out = sys.argv[1:]
samples = MonoLoader(filename=audio, sampleRate=16000, resampleQuality=4)()
result = TensorflowPredictMAEST(graphFilename=graph, input=node_in, output=node_out)(samples)
json.dump([float(value) for value in result.squeeze().reshape(-1)], sys.stdout)
"""


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", help="frozen graph (.pb); its name tells Essentia the patch size")
    parser.add_argument("audio")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="of this engine (default: all allowed cores)")
    return parser.parse_args()


def run(command):
    """Runs a command; returns its output, wall seconds and peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return output, seconds, usage.ru_maxrss / 1024


def output_node(facts):
    """The graph's input and its activations, as Essentia wants them named."""
    names = [name for name in facts["outputs"]["activations"] if "PartitionedCall" in name and "/onnx" not in name]
    node = next(name for name in names if name.startswith(("StatefulPartitionedCall", "PartitionedCall/Identity")))
    is_first_style = node.startswith("Stateful")
    return ("serving_default_melspectrogram" if is_first_style else "melspectrogram"), node


def main():
    arguments = parse_arguments()
    binaries = ROOT / ".build/release"
    with tempfile.TemporaryDirectory() as folder:
        weights = f"{folder}/weights.safetensors"
        run([binaries / "maest-convert", arguments.graph, "-o", weights, "--quiet"])
        facts = json.loads(run([binaries / "maest", "info", weights, "--json"])[0])
        threads = ["--threads", str(arguments.threads)] if arguments.threads else []
        commands = {
            "Essentia": [ESSENTIA_PYTHON, "-c", ESSENTIA_PROGRAM, arguments.graph, arguments.audio,
                         *output_node(facts)],
            "maest": [binaries / "maest", "tag", arguments.audio, "--json", "--all", "--model", weights, *threads],
        }
        results = {name: [] for name in commands}
        for round_number in range(arguments.rounds):
            for name, command in commands.items():
                results[name].append(run(command))
                print(f"round {round_number + 1} {name}: {results[name][-1][1]:.2f} s", file=sys.stderr)
    report(results)


def report(results):
    medians = {}
    print(f"{'':10} {'min s':>8} {'median s':>9} {'peak MiB':>9}")
    for name, runs in results.items():
        seconds = [run[1] for run in runs]
        medians[name] = statistics.median(seconds)
        print(f"{name:10} {min(seconds):8.2f} {medians[name]:9.2f} {max(run[2] for run in runs):9.0f}")
    print(f"ratio of medians: {medians['Essentia'] / medians['maest']:.2f}")
    theirs = json.loads(results["Essentia"][0][0])
    ours = [value for patch in json.loads(results["maest"][0][0])["patches"] for value in patch["activations"]]
    if len(theirs) != len(ours):
        sys.exit(f"{len(ours)} activations, Essentia has {len(theirs)}")
    print(f"largest difference of {len(ours)} activations: {max(abs(a - b) for a, b in zip(ours, theirs)):.1e}")


if __name__ == "__main__":
    main()
