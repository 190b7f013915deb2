"""Measures `maest stream` on a synthetic signal: its memory over hours, and how long after a patch's last sample its
line is printed.

    measure_stream.py discogs-maest-5s-tiny-2.pb
    measure_stream.py discogs-maest-30s-pw-2.pb --hops 1875 --only latency --patches 4 --speed 5 --compute-patches 10
    measure_stream.py graph-2.pb --only memory --seconds 600 --marks 60,300,600 --json memory.json

Memory: samples of 16 bits go into a pipe as fast as the program takes them. At each mark (seconds of the stream
written) /proc tells the peak of the resident memory (VmHWM, with the mapped weights) and what of it is the program's
own now (RssAnon). `growth` is VmHWM at the last mark less that at the first.

Latency: samples go into the pipe in blocks of 20 ms, --speed times as fast as they play. It is counted from just before
the block is written that ends with a patch's last sample until its line is read; the first patch, which loads the
libraries, is left out. `compute` is the time from line to line of patches one frame apart that are fed as fast as they
are taken (means of ten groups): the network, one frame, one line. `excess` is the median latency less the shortest
compute time. The exit status is 1 where it is above --allowed-excess. Other work on the machine is in all of these
numbers.

Linux only; any Python 3.10 with numpy, such as .venv-essentia. Exit status 2 for usage.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import make_audio
from maest_program import DEFAULT_PATH, Maest, MaestError
from passport import command_line, sha256, tool_versions, write_passport

MODEL_HOP_SAMPLES = 256
BLOCK_SECONDS = 0.02
# The signal repeats after so long.
PERIOD_SECONDS = 60
# The compute time is taken of so many groups of patches: two lines may arrive at the reader together.
COMPUTE_GROUPS = 10


def numbers(text):
    return [int(number) for number in text.split(",")]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="graph or weight file")
    parser.add_argument("--hops", type=numbers, help="frames between patches (default: the model's own hop, and a "
                                                     "half, a third and a fifth of it)")
    parser.add_argument("--only", choices=("memory", "latency"), help="default: both")
    parser.add_argument("--seconds", type=int, default=7200, help="of the stream, for memory (default: 7200)")
    parser.add_argument("--marks", type=numbers, default=[60, 600, 3600, 7200], metavar="SECONDS",
                        help="where memory is read (default: 60,600,3600,7200)")
    parser.add_argument("--patches", type=int, default=12, help="for latency (default: 12)")
    parser.add_argument("--compute-patches", type=int, default=80, help="for the compute time (default: 80)")
    parser.add_argument("--rounds", type=int, default=3, help="for latency, in turns (default: 3)")
    parser.add_argument("--speed", type=float, default=10, help="times real time, for latency (default: 10)")
    parser.add_argument("--allowed-excess", type=float, default=0.02, metavar="SECONDS", help="default: 0.02")
    parser.add_argument("--maest", type=Path, default=DEFAULT_PATH, metavar="PATH",
                        help="the program (default: the release build of this repository)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to this file too")
    arguments = parser.parse_args()
    for path in (arguments.graph, arguments.maest):
        if not path.is_file():
            parser.error(f"{path} is not a file")
    counts = (arguments.compute_patches, arguments.patches, arguments.rounds, arguments.seconds)
    if min(counts) < 1 or arguments.speed <= 0:
        parser.error("--compute-patches, --patches, --rounds, --speed and --seconds must be positive")
    arguments.marks = sorted(mark for mark in arguments.marks if 0 < mark <= arguments.seconds)
    if not arguments.marks:
        parser.error("no mark lies within --seconds")
    return arguments


class Stream:
    """A running `maest stream`: samples in, the moments of its lines out."""

    def __init__(self, maest, graph, hop):
        self.errors = tempfile.TemporaryFile(dir=maest.folder)
        self.process = subprocess.Popen(
            [maest.path, "stream", "--format", "s16le", "--model", graph, "--hop", str(hop), "--top", "1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0, env=maest.environment)
        self.moments = []
        self.reader = threading.Thread(target=self.read_lines)
        self.reader.start()

    def read_lines(self):
        rest = b""
        while block := os.read(self.process.stdout.fileno(), 1 << 16):
            now = time.perf_counter()
            *lines, rest = (rest + block).split(b"\n")
            self.moments += [now] * len(lines)

    def write(self, samples):
        """Returns when the pipe has taken them all."""
        view = memoryview(samples).cast("B")
        try:
            while view:
                view = view[os.write(self.process.stdin.fileno(), view):]
        except BrokenPipeError:
            self.finish()
            raise MaestError("maest stream ended before its input") from None

    def memory(self):
        """(VmHWM, RssAnon) in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return tuple(int(fields[name].split()[0]) for name in ("VmHWM", "RssAnon"))

    def finish(self):
        """Ends the input, waits, and gives the moments of all lines."""
        self.process.stdin.close()
        self.reader.join()
        self.process.stdout.close()
        if self.process.wait() != 0:
            self.errors.seek(0)
            raise MaestError(self.errors.read().decode(errors="replace").strip())
        return self.moments


class Signal:
    """Endless 16-bit samples, the same after every period."""

    def __init__(self, rate):
        self.rate = rate
        signal = make_audio.channels(PERIOD_SECONDS, rate, 1, seed=1)[:, 0]
        self.samples = (signal * 32767).astype("<i2")
        self.place = 0

    def take(self, count):
        """The next samples, at most `count`."""
        start = self.place % len(self.samples)
        taken = self.samples[start:start + count]
        self.place += len(taken)
        return taken


def measure_memory(maest, graph, hop, rate, seconds, marks):
    stream, signal = Stream(maest, graph, hop), Signal(rate)
    start, found = time.perf_counter(), []
    for mark in [*marks, seconds]:
        while signal.place < mark * rate:
            stream.write(signal.take(min(rate, mark * rate - signal.place)))
        if len(found) < len(marks):
            peak, own = stream.memory()
            found.append({"stream_seconds": mark, "peak_kib": peak, "own_kib": own})
    lines = stream.finish()
    return {"hop": hop, "patches": len(lines), "seconds": round(time.perf_counter() - start, 1), "marks": found,
            "growth_kib": found[-1]["peak_kib"] - found[0]["peak_kib"]}


def last_samples(hop, frame_count, patch_count):
    """How many samples must be in for each patch: its last frame is final one hop after its centre."""
    return [(patch * hop + frame_count) * MODEL_HOP_SAMPLES for patch in range(patch_count)]


def latencies(maest, graph, hop, frame_count, rate, patch_count, speed):
    """Seconds from each patch's last sample to its line; one patch more is written, to leave out the first."""
    stream, signal = Stream(maest, graph, hop), Signal(rate)
    block, written, start = max(1, round(BLOCK_SECONDS * rate)), [], time.perf_counter()
    for end in last_samples(hop, frame_count, patch_count + 1):
        while signal.place < end:
            count = min(block, end - signal.place)
            time.sleep(max(0, start + (signal.place + count) / rate / speed - time.perf_counter()))
            samples = signal.take(count)
            moment = time.perf_counter()
            stream.write(samples)
        written.append(moment)
        if len(written) <= 1:
            while not stream.moments and stream.process.poll() is None:
                time.sleep(0.001)
            start = time.perf_counter() - signal.place / rate / speed
    # The end of the input completes the next patch's frames too: only lines before it count.
    while len(stream.moments) < len(written) and stream.process.poll() is None:
        time.sleep(0.001)
    moments = stream.finish()
    if len(moments) < len(written):
        raise MaestError(f"{len(moments)} lines for {len(written)} patches")
    return [printed - moment for moment, printed in zip(written, moments)][1:]


def compute_times(maest, graph, frame_count, rate, patch_count):
    """Seconds from line to line of patches one frame apart, means of groups."""
    stream, signal = Stream(maest, graph, 1), Signal(rate)
    end = last_samples(1, frame_count, patch_count + 1)[-1]
    while signal.place < end:
        stream.write(signal.take(end - signal.place))
    size = -(-patch_count // COMPUTE_GROUPS)
    moments = stream.finish()[:patch_count + 1:size]
    return [(after - before) / size for before, after in zip(moments, moments[1:])]


def summary(seconds):
    return {"minimum": min(seconds), "median": statistics.median(seconds), "maximum": max(seconds)}


def measure_latency(maest, arguments, hops, facts):
    compute, late = [], {hop: [] for hop in hops}
    frame_count, rate = facts["network"]["frame_count"], facts["sample_rate"]
    for _ in range(arguments.rounds):
        compute += compute_times(maest, arguments.graph, frame_count, rate, arguments.compute_patches)
        for hop in hops:
            late[hop] += latencies(
                maest, arguments.graph, hop, frame_count, rate, arguments.patches, arguments.speed)
    computing = summary(compute)
    return {"compute_seconds": computing, "hops": [
        {"hop": hop, "patches": len(late[hop]), "latency_seconds": summary(late[hop]),
         "excess_seconds": statistics.median(late[hop]) - computing["minimum"]} for hop in hops]}


def print_memory(record):
    marks = "  ".join(f"{mark['stream_seconds']} s: {mark['peak_kib'] / 1024:.1f} ({mark['own_kib'] / 1024:.1f})"
                      for mark in record["marks"])
    print(f"hop {record['hop']:5}  {record['patches']:6} patches in {record['seconds']:6.1f} s  "
          f"VmHWM (RssAnon) MiB at {marks}  growth {record['growth_kib'] / 1024:+.1f}", flush=True)


def milliseconds(times):
    return "  ".join(f"{name} {1000 * seconds:.1f}" for name, seconds in times.items())


def print_latency(record):
    print(f"compute, ms         {milliseconds(record['compute_seconds'])}")
    for hop in record["hops"]:
        print(f"latency, ms  hop {hop['hop']:5}  {milliseconds(hop['latency_seconds'])}"
              f"  excess {1000 * hop['excess_seconds']:+.1f}  ({hop['patches']} patches)")


def main():
    arguments = parse_arguments()
    result = {"command": command_line(), "versions": tool_versions(("numpy",)),
              "graph": {"file": arguments.graph.name, "sha256": sha256(arguments.graph)}}
    with tempfile.TemporaryDirectory(prefix="maest-stream-") as folder:
        try:
            maest = Maest(arguments.maest, folder)
            facts = maest.graph_facts(arguments.graph)
            own = facts["hop_frames"]
            hops = arguments.hops or [own, own // 2, own // 3, own // 5]
            if arguments.only != "latency":
                result["memory"] = []
                for hop in hops:
                    result["memory"].append(measure_memory(
                        maest, arguments.graph, hop, facts["sample_rate"], arguments.seconds, arguments.marks))
                    print_memory(result["memory"][-1])
            if arguments.only != "memory":
                result["latency"] = measure_latency(maest, arguments, hops, facts)
                print_latency(result["latency"])
        except MaestError as error:
            sys.exit(f"measure_stream: {error}")
    if arguments.json:
        write_passport(arguments.json, result)
    late = [hop for hop in result.get("latency", {"hops": []})["hops"]
            if hop["excess_seconds"] > arguments.allowed_excess]
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
