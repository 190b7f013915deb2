"""Runs the real Essentia on an audio file and writes what it gives as .npy.

    run_essentia.py audio.wav --graph graphs/discogs-maest-5s-random-1.pb --out expected-v1
    run_essentia.py audio.wav --graph g-2.pb --outputs PartitionedCall/Identity_13 --repeats 3 --out activations
    run_essentia.py audio.wav --mel --out mel
    run_essentia.py stereo.wav --signal --resample-quality 1 --out loaded

Writes one float32 file an output (`StatefulPartitionedCall_0.npy`,
`PartitionedCall.Identity_1.npy`, `bands.npy`, `signal.npy`) and passport.json.
Input and outputs come from the .json beside the graph unless they are given.
The graph's file name can decide the patch size and hop, see README.md.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import essentia

# Said before essentia.standard, which reports on itself as it is imported.
essentia.log.infoActive = False
essentia.log.warningActive = False

import essentia.standard
import numpy

from passport import command_line, sha256, tool_versions, write_passport

SAMPLE_RATE = 16000
FRAME_LENGTH = 512
HOP_LENGTH = 256


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--graph", type=Path, help=".pb of style v1 or v2")
    parser.add_argument("--input", help="name of the graph's input")
    parser.add_argument("--outputs", help="comma-separated names (default: every output in the .json)")
    parser.add_argument("--last-patch-mode", choices=("discard", "repeat"), help="Essentia's default: discard")
    parser.add_argument("--batch-size", type=int, help="Essentia's default: 1")
    parser.add_argument("--patch-size", type=int, help="in frames; see README.md for names that override it")
    parser.add_argument("--patch-hop-size", type=int, help="in frames; see README.md for names that override it")
    parser.add_argument("--resample-quality", type=int, choices=range(5), default=4, help="default: 4")
    parser.add_argument("--mel", action="store_true", help="write the mel bands, before normalisation")
    parser.add_argument("--signal", action="store_true", help="write the signal that MonoLoader gives")
    parser.add_argument("--repeats", type=int, default=1, help="timed runs of each output (default: 1)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args()
    for path in (arguments.audio, arguments.graph):
        if path and not path.is_file():
            parser.error(f"{path} is not a file")
    if not (arguments.graph or arguments.mel or arguments.signal):
        parser.error("nothing to do: give --graph, --mel or --signal")
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    try:
        arguments.input, arguments.outputs = node_names(arguments)
    except ValueError as error:
        parser.error(str(error))
    return arguments


def node_names(arguments):
    """The input's name and the list of outputs' names, as given or from the metadata."""
    outputs = arguments.outputs.split(",") if arguments.outputs else []
    if arguments.graph is None or (arguments.input and outputs):
        return arguments.input, outputs
    schema = metadata_schema(arguments.graph)
    if schema is None:
        raise ValueError(f"no {arguments.graph.with_suffix('.json')}: give --input and --outputs")
    return (arguments.input or schema["inputs"][0]["name"],
            outputs or [output["name"] for output in schema["outputs"]])


def metadata_schema(graph):
    """The schema in the .json beside the graph, or None where there is none."""
    path = graph.with_suffix(".json")
    return json.loads(path.read_text(encoding="utf-8"))["schema"] if path.is_file() else None


def load_signal(audio, sample_rate=SAMPLE_RATE, resample_quality=4):
    """[sample]: what MonoLoader gives."""
    return essentia.standard.MonoLoader(
        filename=str(audio), sampleRate=sample_rate, resampleQuality=resample_quality)()


def file_facts(audio):
    """(samples in a second, channels, codec) of an audio file, as AudioLoader sees it."""
    _, rate, channels, _, _, codec = essentia.standard.AudioLoader(filename=str(audio))()
    return int(rate), int(channels), codec


def mel_bands(signal):
    """[frame, 96]: TensorflowInputMusiCNN on every frame, the first centred on sample 0."""
    bands = essentia.standard.TensorflowInputMusiCNN()
    frames = essentia.standard.FrameGenerator(
        signal, frameSize=FRAME_LENGTH, hopSize=HOP_LENGTH, startFromZero=False)
    return numpy.array([bands(frame) for frame in frames], dtype=numpy.float32)


def given_options(arguments):
    """Parameters of TensorflowPredictMAEST that were given."""
    options = {
        "lastPatchMode": arguments.last_patch_mode,
        "batchSize": arguments.batch_size,
        "patchSize": arguments.patch_size,
        "patchHopSize": arguments.patch_hop_size,
    }
    return {name: value for name, value in options.items() if value is not None}


def run_output(graph, input_name, output, signal, repeats=1, **options):
    """(the tensor, its entry in the passport). The options are parameters of TensorflowPredictMAEST."""
    start = time.perf_counter()
    predict = essentia.standard.TensorflowPredictMAEST(
        graphFilename=str(graph), input=input_name, output=output, **options)
    load_seconds = time.perf_counter() - start
    run_seconds, processor_seconds = [], []
    for _ in range(repeats):
        start, processor_start = time.perf_counter(), time.process_time()
        tensor = predict(signal)
        run_seconds.append(time.perf_counter() - start)
        processor_seconds.append(time.process_time() - processor_start)
    tensor = numpy.asarray(tensor, dtype=numpy.float32)
    return tensor, {
        "output": output,
        "shape": list(tensor.shape),
        "load_seconds": round(load_seconds, 3),
        "run_seconds": [round(seconds, 3) for seconds in run_seconds],
        "processor_seconds": [round(seconds, 3) for seconds in processor_seconds],
        "run_seconds_minimum": round(min(run_seconds), 3),
        "run_seconds_median": round(statistics.median(run_seconds), 3),
    }


def run_graph(arguments, signal):
    """Writes every output; returns their passport entries."""
    entries = []
    for output in arguments.outputs:
        tensor, entry = run_output(
            arguments.graph, arguments.input, output, signal, arguments.repeats, **given_options(arguments))
        entry["file"] = output.replace("/", ".").replace(":", "_") + ".npy"
        save(arguments.out / entry["file"], tensor)
        entries.append(entry)
        print(f"{output}  {list(tensor.shape)}  load {entry['load_seconds']} s"
              f"  run {entry['run_seconds_minimum']} s  peak {peak_memory_bytes() >> 20} MiB", flush=True)
    return entries


def save(path, tensor):
    numpy.save(path, numpy.ascontiguousarray(tensor, dtype=numpy.float32))


def peak_memory_bytes():
    """Of this process so far; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def weights_seed(graph):
    """The seed in the passport that make_graph.py left beside the graph, or None."""
    stem = graph.stem.rpartition("-")[0]
    path = graph.with_name(f"{stem}-passport.json")
    return json.loads(path.read_text(encoding="utf-8"))["seed"] if path.is_file() else None


def passport(arguments, signal, entries):
    contents = {
        "command": command_line(),
        "versions": tool_versions(("essentia-tensorflow", "numpy")),
        "audio": {"file": arguments.audio.name, "sha256": sha256(arguments.audio), "samples": len(signal)},
        "peak_memory_bytes": peak_memory_bytes(),
        "outputs": entries,
    }
    if arguments.graph:
        contents["graph"] = {"file": arguments.graph.name, "sha256": sha256(arguments.graph),
                             "seed": weights_seed(arguments.graph)}
    return contents


def main():
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        signal = load_signal(arguments.audio, resample_quality=arguments.resample_quality)
        if arguments.signal:
            save(arguments.out / "signal.npy", signal)
        if arguments.mel:
            save(arguments.out / "bands.npy", mel_bands(signal))
        entries = run_graph(arguments, signal) if arguments.graph else []
    except RuntimeError as error:
        sys.exit(f"run_essentia: {error}")
    write_passport(arguments.out / "passport.json", passport(arguments, signal, entries))


if __name__ == "__main__":
    main()
