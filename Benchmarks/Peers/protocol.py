"""What every peer's server does: load, say so, then answer a line for each line.

    {"ready": {"engine": "onnxruntime", "facts": {"onnxruntime": "1.32.0"}}}
    <- {"patches": 1, "taps": ["logits"], "output": "folder"}
    -> {"seconds": 2.345}
    <- {"work": "frontEnd"}
    -> {"seconds": 0.6}      or      {"error": "..."}

Taps are "logits" (with activations), "layers" (all of them) and "layer:N". Where an output folder is given,
logits.npy, activations.npy and layer-N.npy of the last patch are written there, outside of the time. The same lines as
`maest-bench serve`, which takes "threads", "backend" and "precision" too.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy


def parse_arguments(description, add_arguments=lambda parser: None):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, metavar="FILE")
    parser.add_argument("--patches", type=Path, required=True, metavar="NPY", help="[patch, frame, band]")
    parser.add_argument("--audio", type=Path, metavar="FILE", help="for the front end")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)),
                        help="default: all allowed cores")
    add_arguments(parser)
    return parser.parse_args()


def limit_cores(count):
    """For engines whose threads are as many as the cores that they may use."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def answers_only_on_stdout():
    """Standard output for answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


class Engine:
    """One peer with its model loaded."""

    name = "engine"

    def facts(self):
        """{name: value}: versions and settings."""
        return {}

    def prepare(self, taps):
        """Whatever these taps need before the clock starts."""

    def run(self, patch, taps):
        """{"logits", "activations" or "layer-N": array} of one patch [frame, band]."""
        raise NotImplementedError

    def run_all(self, patches, taps):
        """The same of the last of some patches, at least one; all of them are run."""
        for patch in patches:
            outputs = self.run(patch, taps)
        return outputs

    def run_front_end(self):
        """Runs the mel bands of the audio; returns the seconds."""
        raise ValueError(f"{self.name} has no front end")


def output_names(taps, layer_count):
    """["logits", "activations"], ["layer-7"] ... for taps in words."""
    names = []
    for tap in taps:
        if tap == "logits":
            names += ["logits", "activations"]
        elif tap == "layers":
            names += [f"layer-{layer}" for layer in range(1, layer_count + 1)]
        elif tap.startswith("layer:") and tap[6:].isdigit() and 1 <= int(tap[6:]) <= layer_count:
            names.append(f"layer-{int(tap[6:])}")
        else:
            raise ValueError(f"tap {tap!r}: logits, layers, or layer:1 to layer:{layer_count} is needed")
    return names


def serve(engine, patches, answers):
    """Answers requests until standard input ends. patches: [patch, frame, band]."""
    send(answers, {"ready": {"engine": engine.name, "facts": engine.facts()}})
    for line in sys.stdin:
        try:
            send(answers, {"seconds": answer(engine, patches, json.loads(line))})
        except (ValueError, KeyError, RuntimeError) as error:
            send(answers, {"error": f"{engine.name}: {error}"})


def answer(engine, patches, request):
    """The seconds that a request took."""
    if request.get("work") == "frontEnd":
        return engine.run_front_end()
    taps, count = request.get("taps", ["logits"]), request.get("patches", 1)
    if count < 1:
        raise ValueError(f"{count} patches: at least 1 is needed")
    if "threads" in request:
        raise ValueError("the number of threads is chosen when the server is started")
    engine.prepare(taps)
    batch = [patches[number % len(patches)] for number in range(count)]
    start = time.perf_counter()
    outputs = engine.run_all(batch, taps)
    seconds = time.perf_counter() - start
    if folder := request.get("output"):
        write(outputs, Path(folder))
    return seconds


def write(outputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in outputs.items():
        numpy.save(folder / f"{name}.npy", numpy.ascontiguousarray(values, dtype=numpy.float32))


def send(answers, message):
    print(json.dumps(message), file=answers, flush=True)
