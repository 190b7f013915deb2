"""Runs the program `maest` and reads what it gives."""

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import numpy

DEFAULT_PATH = Path(__file__).resolve().parent.parent.parent / ".build/release/maest"


class MaestError(Exception):
    """The program failed; the text is its own."""


class Maest:
    """The program at `path`, with a cache of converted graphs and files of its own in `folder`."""

    def __init__(self, path, folder):
        self.path = Path(path).resolve()
        self.folder = Path(folder)
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}

    def run(self, *arguments):
        """(standard output, wall seconds)."""
        start = time.perf_counter()
        result = subprocess.run(
            [self.path, *map(str, arguments)], capture_output=True, text=True, env=self.environment)
        seconds = time.perf_counter() - start
        if result.returncode != 0:
            lines = [line for line in result.stderr.splitlines() if line.strip()]
            raise MaestError(lines[-1] if lines else f"{self.path.name} ended with {result.returncode}")
        return result.stdout, seconds

    def graph_facts(self, graph):
        """What `maest info --json` says of a graph; converts it, so that later runs need not."""
        return json.loads(self.run("info", graph, "--json")[0])

    def decode(self, audio, sample_rate):
        """(the samples [sample], wall seconds of the process)."""
        return self.array("decode", audio, "--rate", sample_rate, flag="--output")

    def output(self, audio, graph, name):
        """(the output's values [patch, 1, token, embedding], wall seconds of the process)."""
        return self.array("tag", audio, "--model", graph, "--output", name, flag="--npy")

    def array(self, *arguments, flag):
        with tempfile.NamedTemporaryFile(suffix=".npy", dir=self.folder) as file:
            seconds = self.run(*arguments, flag, file.name)[1]
            return numpy.load(file.name), seconds


def published_outputs(facts):
    """{name: role} of a graph's outputs under the names that Essentia's users know, in the order of their numbers."""
    names = {}
    for role, candidates in facts["outputs"].items():
        for name in candidates:
            if re.fullmatch(r"(StatefulPartitionedCall|PartitionedCall/Identity)([:_]\d+)?", name):
                names[name] = role
    return dict(sorted(names.items(), key=lambda item: int((re.findall(r"\d+$", item[0]) or ["0"])[0])))
