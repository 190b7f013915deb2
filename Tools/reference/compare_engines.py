"""Runs the real Essentia and this engine on the same graph and audio files, and says where they differ.

    Tools/reference/compare discogs-maest-30s-pw-2.pb track.flac
    Tools/reference/compare discogs-maest-5s-random-1.pb *.wav *.mp3 --outputs StatefulPartitionedCall:0
    Tools/reference/compare graph-2.pb *.ogg --maest /usr/local/bin/maest --json differences.json

Both read the files themselves. For each file a table:

  decoded   the signal at the file's own rate: samples, and in how many of them the engine is late (the constant
            delay, found by cross-correlation); after it, the largest difference and the relative norm
  16000 Hz  the signal resampled (quality 4), as the model hears it
  outputs   largest absolute difference, relative norm, and wall seconds: of Essentia, loading the signal and the
            graph and computing; of the engine, the whole process. Graphs are converted before the clock starts.

A file passes when
  - the signals differ by at most 1e-6 (mp3, ogg and other lossy formats: 2e-4) after the delay, and lossless ones
    have no delay and the same number of samples;
  - where the signals at 16000 Hz agree within 1e-6: the activations differ by at most 1e-5 and the other outputs by
    a relative norm of at most 1e-5. Elsewhere the outputs' differences are shown and not judged.

Exit status 1 when a file does not pass or cannot be compared, with what failed on standard error; 2 for usage.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from compare_npy import differences
from maest_program import DEFAULT_PATH, Maest, MaestError, published_outputs
from passport import command_line, sha256, tool_versions, write_passport
from run_essentia import SAMPLE_RATE, file_facts, load_signal, metadata_schema, run_output
from signals import compare_signals

LOSSLESS_SIGNAL_ERROR = 1e-6
LOSSY_SIGNAL_ERROR = 2e-4
ACTIVATION_ERROR = 1e-5
RELATIVE_NORM = 1e-5
LOSSLESS_CODECS = ("pcm_", "flac", "alac")


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, metavar="GRAPH.pb")
    parser.add_argument("audio", type=Path, nargs="+", metavar="AUDIO")
    parser.add_argument("--input", help="name of the graph's input (default: from the .json, or the outputs' style)")
    parser.add_argument("--outputs", help="comma-separated names (default: every output in the .json beside the "
                                          "graph; without it, every one that maest info lists)")
    parser.add_argument("--maest", type=Path, default=DEFAULT_PATH, metavar="PATH",
                        help="the program (default: the release build of this repository)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to this file too")
    arguments = parser.parse_args()
    for path in (arguments.graph, arguments.maest):
        if not path.is_file():
            parser.error(f"{path} is not a file")
    return arguments


class Comparison:
    """One graph in both engines."""

    def __init__(self, arguments, maest):
        self.maest = maest
        self.graph = arguments.graph
        roles = published_outputs(maest.graph_facts(self.graph))
        schema = metadata_schema(self.graph)
        if arguments.outputs:
            self.outputs = arguments.outputs.split(",")
        elif schema:
            self.outputs = [output["name"] for output in schema["outputs"]]
        else:
            self.outputs = list(roles)
        self.roles = {name: roles.get(name, roles.get(name.removesuffix(":0"), "")) for name in self.outputs}
        if arguments.input:
            self.input = arguments.input
        elif schema:
            self.input = schema["inputs"][0]["name"]
        else:
            is_first_style = self.outputs[0].startswith("Stateful")
            self.input = "serving_default_melspectrogram" if is_first_style else "melspectrogram"

    def compare_file(self, audio):
        """What --json holds for a file; the list `failures` says what is beyond its tolerance."""
        rate, channels, codec = file_facts(audio)
        record = {"file": str(audio), "sha256": sha256(audio), "codec": codec, "rate": rate,
                  "channels": channels, "lossless": codec.startswith(LOSSLESS_CODECS)}
        decoded, *_ = self.compare_decoding(audio, rate)
        resampled, signal, essentia_seconds, maest_seconds = self.compare_decoding(
            audio, SAMPLE_RATE, delay=round(decoded.delay * SAMPLE_RATE / rate))
        record["decoded"], record["resampled"] = asdict(decoded), asdict(resampled)
        record["resampled"]["seconds"] = {"essentia": essentia_seconds, "maest": maest_seconds}
        record["judged"] = decoded.delay == 0 and resampled.largest <= LOSSLESS_SIGNAL_ERROR
        record["outputs"] = [
            self.compare_output(audio, signal, name, essentia_seconds) for name in self.outputs]
        record["failures"] = [*signal_failures(record), *output_failures(record)]
        return record

    def compare_decoding(self, audio, rate, delay=None):
        """(difference, Essentia's signal, its wall seconds, the engine's)."""
        start = time.perf_counter()
        expected = load_signal(audio, sample_rate=rate)
        essentia_seconds = time.perf_counter() - start
        found, maest_seconds = self.maest.decode(audio, rate)
        return compare_signals(expected, found, delay), expected, essentia_seconds, maest_seconds

    def compare_output(self, audio, signal, name, decoding_seconds):
        expected, times = run_output(self.graph, self.input, name, signal)
        found, maest_seconds = self.maest.output(audio, self.graph, name)
        record = {"output": name, "role": self.roles[name], "expected_shape": list(expected.shape),
                  "found_shape": list(found.shape), "seconds": {
                      "essentia": decoding_seconds + times["load_seconds"] + times["run_seconds_minimum"],
                      "maest": maest_seconds}}
        if expected.shape[1:] == found.shape[1:]:
            # Signals of other lengths may fill another number of patches.
            count = min(len(expected), len(found))
            error, relative = differences(expected[:count], found[:count])
            record["largest"], record["relative_norm"] = float(error.max()), float(relative)
        return record


def signal_failures(record):
    limit = LOSSLESS_SIGNAL_ERROR if record["lossless"] else LOSSY_SIGNAL_ERROR
    decoded, resampled = record["decoded"], record["resampled"]
    if not decoded["largest"] <= limit:
        yield f"decoded signal: {decoded['largest']:.1e} apart, {limit:.0e} allowed"
    # A delay that is no whole number of samples at the new rate puts the resampler on another grid.
    if decoded["delay"] == 0 and not resampled["largest"] <= limit:
        yield f"signal at {SAMPLE_RATE} Hz: {resampled['largest']:.1e} apart, {limit:.0e} allowed"
    if record["lossless"] and decoded["delay"] != 0:
        yield f"decoded signal: delay of {decoded['delay']} samples in a lossless format"
    for name, signal in (("decoded signal", decoded), (f"signal at {SAMPLE_RATE} Hz", resampled)):
        if record["lossless"] and signal["expected_count"] != signal["found_count"]:
            yield f"{name}: {signal['found_count']} samples, Essentia has {signal['expected_count']}"


def output_failures(record):
    for output in record["outputs"]:
        name = output["output"]
        if "largest" not in output:
            yield f"{name}: shape {output['found_shape']}, Essentia has {output['expected_shape']}"
        elif not record["judged"]:
            continue
        elif output["role"] == "activations":
            if not output["largest"] <= ACTIVATION_ERROR:
                yield f"{name}: {output['largest']:.1e} apart, {ACTIVATION_ERROR:.0e} allowed"
        elif not output["relative_norm"] <= RELATIVE_NORM:
            yield f"{name}: relative norm {output['relative_norm']:.1e}, {RELATIVE_NORM:.0e} allowed"


def print_table(record):
    channels = record["channels"]
    print(f"{record['file']}  {record['codec']}, {record['rate']} Hz, {channels} channel{'s' * (channels != 1)}")
    print(f"  {'signal':42} {'Essentia':>10} {'maest':>10} {'delay':>7} {'largest':>9} {'relative':>9}")
    for name, signal in ((f"decoded, {record['rate']} Hz", record["decoded"]),
                         (f"resampled, {SAMPLE_RATE} Hz", record["resampled"])):
        print(f"  {name:42} {signal['expected_count']:>10} {signal['found_count']:>10} {signal['delay']:>7}"
              f" {signal['largest']:9.1e} {signal['relative_norm']:9.1e}")
    print(f"  {'output':42} {'Essentia':>8} s {'maest':>8} s {'patches':>7} {'largest':>9} {'relative':>9}")
    for output in record["outputs"]:
        name = f"{output['output']}  {output['role']}"
        seconds, counts = output["seconds"], (output["expected_shape"][0], output["found_shape"][0])
        patches = str(counts[0]) if counts[0] == counts[1] else f"{counts[0]}/{counts[1]}"
        difference = (f"{output['largest']:9.1e} {output['relative_norm']:9.1e}" if "largest" in output
                      else "shapes differ")
        print(f"  {name:42} {seconds['essentia']:10.3f} {seconds['maest']:10.3f} {patches:>7} {difference}")
    if not record["judged"]:
        print("  the outputs are not judged: the signals do not agree within "
              f"{LOSSLESS_SIGNAL_ERROR:.0e} without a delay")
    for failure in record["failures"]:
        print(f"  FAILED  {failure}")
    print("", flush=True)


def main():
    arguments = parse_arguments()
    records = []
    with tempfile.TemporaryDirectory(prefix="maest-compare-") as folder:
        try:
            comparison = Comparison(arguments, Maest(arguments.maest, folder))
        except MaestError as error:
            sys.exit(f"compare: {arguments.graph}: {error}")
        for audio in arguments.audio:
            try:
                records.append(comparison.compare_file(audio))
                print_table(records[-1])
            except (MaestError, OSError, RuntimeError) as error:
                # Essentia's text goes on with every node of the graph.
                reason = str(error).splitlines()[0]
                print(f"{audio}\n  FAILED  {reason}\n", flush=True)
                records.append({"file": str(audio), "failures": [reason]})
    failures = [f"{record['file']}: {failure}" for record in records for failure in record["failures"]]
    for failure in failures:
        print(f"compare: {failure}", file=sys.stderr)
    failed = sum(bool(record["failures"]) for record in records)
    print(f"{len(records) - failed} of {len(records)} files passed")
    if arguments.json:
        write_passport(arguments.json, {
            "command": command_line(), "versions": tool_versions(("essentia-tensorflow", "numpy")),
            "graph": {"file": arguments.graph.name, "sha256": sha256(arguments.graph)}, "files": records})
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
