"""Runs the engines in turns, round by round."""

import contextlib
import json
import random
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from contenders import CONTENDERS, EXACT, OURS, OURS_IN, PRECISION_OF, server_command
from memory import MemoryWatch
from paths import BINARIES, PEERS, environment_python
from preparation import engine_environment, report
from presets import PATCH_COUNT, PRESETS
from server import Server, ServerError
from summary import summary

# What is done, by name; the report's and the bars' too.
PATCH, LAYER, ALL_LAYERS = "patch", "layer 7", "all layers"
ONE_THREAD, FRONT_END = "1 thread", "front end"
# Processes of our command line.
COLD_START, LIBRARY = "cold start", "library"


def row(count):
    """The name of so many patches in a row."""
    return f"{count} patches"


ROW = row(PATCH_COUNT)


@dataclass(frozen=True)
class Task:
    """One thing that every round does once. Without a request it is a process of our command line."""

    engine: str
    work: str
    request: dict | None = field(default=None, hash=False)


def tasks(arguments):
    preset = PRESETS[arguments.preset]
    engines = [OURS, *packed_engines(arguments), *arguments.peers]
    for name in engines:
        yield Task(name, PATCH, {"taps": ["logits"], **choice_of(name)})
    if preset.row_count:
        for name in engines:
            yield Task(name, row(preset.row_count),
                       {"taps": ["logits"], "patches": preset.row_count, **choice_of(name)})
    elif preset.tracks:
        for name in [OURS, *packed_engines(arguments)]:
            yield Task(name, LIBRARY)
    else:
        yield from other_tasks(arguments)


def other_tasks(arguments):
    """Everything but one patch of every engine."""
    for backend in arguments.other_backends:
        yield Task(OURS, f"{PATCH}, {backend}", {"taps": ["logits"], "backend": backend})
    for name in arguments.peers:
        if arguments.peer_layer and CONTENDERS[name].has_layers:
            yield Task(name, LAYER, {"taps": ["layer:7"]})
        if CONTENDERS[name].has_front_end:
            yield Task(name, FRONT_END, {"work": "frontEnd"})
    yield Task(OURS, LAYER, {"taps": ["layer:7"]})
    yield Task(OURS, ALL_LAYERS, {"taps": ["layers"]})
    if not arguments.quick:
        yield Task(OURS, ROW, {"taps": ["logits"], "patches": PATCH_COUNT})
    if arguments.threads > 1:
        yield Task(OURS, ONE_THREAD, {"taps": ["logits"], "threads": 1})
    yield Task(OURS, FRONT_END, {"work": "frontEnd"})
    yield Task(OURS, COLD_START)


def packed_engines(arguments):
    """Ours in every precision but the one that it has without being asked."""
    return [OURS_IN[precision] for precision in arguments.precisions if precision != EXACT]


def choice_of(name):
    """What a request to our server says for it to be this engine."""
    return {"precision": PRECISION_OF[name]} if name in PRECISION_OF and name != OURS else {}


class Comparison:
    def __init__(self, arguments, materials):
        self.arguments, self.materials = arguments, materials
        self.packed_engines = packed_engines(arguments)
        self.names = [OURS, *self.packed_engines, *arguments.peers]
        self.tasks = list(tasks(arguments))

    def run(self):
        """{"settings", "engines", "times"}, ready for JSON."""
        engines, times = {}, {task: [] for task in self.tasks}
        with contextlib.ExitStack() as stack:
            servers = {}
            for name in self.names:
                if name in self.packed_engines:
                    servers[name], engines[name] = servers[OURS], self.look_at_precision(name)
                else:
                    servers[name], engines[name] = self.start(name, stack)
            for name in self.names:
                report(f"errors of {name}")
                engines[name]["errors"] = self.errors(name, servers)
            report("warming up")
            for task in self.tasks:
                self.seconds(task, servers)
            for number in range(self.arguments.rounds):
                report(f"round {number + 1} of {self.arguments.rounds}")
                self.run_round(number, servers, times)
        return {"settings": self.settings(), "engines": engines, "times": by_engine(times)}

    def settings(self):
        names = ("rounds", "threads", "backend", "precisions", "allow_emulation", "peers", "quick")
        return {name: getattr(self.arguments, name) for name in names}

    def start(self, name, stack):
        """Starts a server a few times; the last one stays. Returns it and what was seen of the engine."""
        command = server_command(name, self.materials, self.arguments)
        report(f"memory of {name}")
        with Server(name, command) as server, MemoryWatch(server.process.pid) as memory:
            # Ours works on two together, as in a file, and needs more memory for that.
            server.ask(taps=["logits"], patches=2)
        starts, first_patches = [], []
        count = 1 if self.arguments.quick or not PRESETS[self.arguments.preset].is_whole else 3
        for number in range(count):
            report(f"start {number + 1} of {count} of {name}")
            server = Server(name, command)
            first_patches.append(server.ask(taps=["logits"]))
            starts.append(server.start_seconds)
            if number + 1 < count:
                server.close()
        stack.enter_context(server)
        return server, {
            **server.facts, "start": summary(starts), "first_patch": summary(first_patches),
            "peak_bytes": memory.peak_bytes, "private_bytes": memory.private_bytes}

    def look_at_precision(self, name):
        """What is seen of ours in another precision: in processes of its own, whose memory is that precision's alone.
        In the rounds the server of all precisions is asked."""
        report(f"packing the weights of {name}, which is done once")
        Server(name, server_command(name, self.materials, self.arguments)).close()
        with contextlib.ExitStack() as stack:
            return self.start(name, stack)[1]

    def run_round(self, number, servers, times):
        """Every task once, in an order of the round's own, so that none always follows the same other."""
        for task in random.Random(number).sample(self.tasks, len(self.tasks)):
            seconds = self.seconds(task, servers)
            times[task].append(seconds)
            report(f"  {task.engine}, {task.work}: {seconds:.3f} s")

    def seconds(self, task, servers):
        if task.request is not None:
            return servers[task.engine].ask(**task.request)
        return self.library(task.engine) if task.work == LIBRARY else self.cold_start()

    def cold_start(self):
        """Seconds of a whole process that tags a file of one patch."""
        return self.command_line("tag", self.materials.short_audio, "--json")[0]

    def library(self, name):
        """Seconds of a whole process that annotates the library's tracks with an engine of ours."""
        seconds, lines = self.command_line(
            "annotate", self.materials.library, "--out", "-", "--quiet", "--precision", PRECISION_OF[name],
            *(["--allow-emulation"] if self.arguments.allow_emulation else []))
        check_records(lines, PRESETS[self.arguments.preset], PRECISION_OF[name])
        return seconds

    def command_line(self, name, *arguments):
        """The seconds and the output of a process of maest with the comparison's model, threads and backend."""
        command = [BINARIES / "maest", name, *arguments, "--model", self.materials.weights,
                   "--threads", str(self.arguments.threads), "--backend", self.arguments.backend]
        start = time.perf_counter()
        done = subprocess.run(command, env=engine_environment(), capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            raise ServerError(f"maest {name}: {done.stderr.strip()}")
        return seconds, done.stdout

    def errors(self, name, servers):
        """{array: {"largest", "relative_norm"}} against the reference in double precision."""
        with tempfile.TemporaryDirectory(prefix="maest-compare-") as folder:
            servers[name].ask(taps=["logits"], output=folder, **choice_of(name))
            if name in PRECISION_OF or CONTENDERS[name].has_layers:
                servers[name].ask(taps=["layers"], output=folder, **choice_of(name))
            done = subprocess.run(
                [environment_python("engines"), PEERS / "errors.py", self.materials.reference, Path(folder)],
                env=engine_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"{name}: {done.stderr.strip()}")
        return json.loads(done.stdout)


def by_engine(times):
    """{engine: {work: summary}}."""
    results = {}
    for task, seconds in times.items():
        results.setdefault(task.engine, {})[task.work] = summary(seconds)
    return results


def check_records(lines, preset, precision):
    """Whether a library was annotated as a whole: a record of each track, with all its patches."""
    found = [(record["status"], record["patch_count"], record["precision"])
             for record in map(json.loads, lines.splitlines())]
    expected = [("done", preset.patches_per_track, precision)] * preset.tracks
    if found != expected:
        raise ServerError(f"maest annotate: the records are {found}, expected {expected}")
