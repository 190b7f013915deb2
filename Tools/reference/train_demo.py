"""Trains the demo model on sounds that it synthesises, writes its graph and clips, and tells how well it hears.

    train_demo.py --out ../../Weights/demo
    train_demo.py --styles v1,v2 --out /tmp/demo

Seeded: the same command gives the same files on the same kind of processor. Three seeds that have nothing in common
make the sounds for training, those held out, and the clips. Exits with 1 where less than 0.9 of the sounds that were
held out get their label as the top tag.
"""

import argparse
import os
import sys
import tempfile
import time
import wave
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy

from demo_clips import ffmpeg_version, write_clips
from demo_sounds import LABELS, example
from graph_maker import PACKAGES, STYLES, GraphMaker, silence_libraries
from mel_bands import SAMPLE_RATE, mel_bands, network_input
from model_shape import ModelShape
from passport import command_line, sha256, tool_versions, write_passport

FIXTURES = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
NAME = "maest-5s-demo-sounds"
SHAPE = ModelShape(frames=316, width=64, blocks=12, heads=4, mlp=128, labels=len(LABELS))
# Longer than a patch, so that training meets each sound at many places.
POOL_SECONDS = 7.0
HELD_OUT, CLIPS = 1000, 2000
LOWEST_ACCURACY = 0.9
# Processes that synthesise, threads that train: another number of threads rounds differently.
WORKERS = 2
# Of a mel band, from Essentia's.
LARGEST_DIFFERENCE = 1e-4


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of sounds, weights and crops (default: 1)")
    parser.add_argument("--examples", type=int, default=120, metavar="N", help="of each label (default: 120)")
    parser.add_argument("--held-out", type=int, default=25, metavar="N", help="of each label (default: 25)")
    parser.add_argument("--styles", default="v2", help=f"comma-separated, of {','.join(STYLES)} (default: v2)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.styles = arguments.styles.split(",")
    if unknown := sorted(set(arguments.styles) - set(STYLES)):
        parser.error(f"unknown styles {', '.join(unknown)}; known are {', '.join(STYLES)}")
    if arguments.examples < 1 or arguments.held_out < 1:
        parser.error("at least one example of each label is needed")
    return arguments


def check_front_end():
    """Ends the program where mel bands are not those of Essentia."""
    with wave.open(str(FIXTURES / "audio" / "mono-16k.wav")) as file:
        signal = numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / numpy.float32(32768)
    expected = numpy.load(FIXTURES / "expected" / "mel-mono-16k" / "bands.npy")
    difference = float(numpy.abs(mel_bands(signal) - expected).max())
    report(f"mel bands are up to {difference:.1e} from Essentia's")
    if difference > LARGEST_DIFFERENCE:
        sys.exit(f"train_demo: {LARGEST_DIFFERENCE} is allowed")


def bands_of(job):
    label, seed = job
    signal = example(label, numpy.random.default_rng(seed), POOL_SECONDS)
    return network_input(signal).astype(numpy.float16)


def pool(count, seed):
    """(bands [example, frame, band] in half precision, place of the label of each), `count` of each label."""
    jobs = [(label, (seed, place, number)) for place, label in enumerate(LABELS) for number in range(count)]
    with ProcessPoolExecutor(WORKERS) as workers:
        bands = numpy.stack(list(workers.map(bands_of, jobs, chunksize=16)))
    return bands, numpy.repeat(numpy.arange(len(LABELS)), count)


def trained(arguments):
    """(the model in evaluation mode, the recipe)"""
    import torch

    from demo_training import RECIPE, Batches, new_model, train

    torch.set_num_threads(WORKERS)
    report(f"{arguments.examples} examples of each of {len(LABELS)} labels")
    bands, labels = pool(arguments.examples, arguments.seed)
    model = new_model(SHAPE, arguments.seed)
    batches = Batches(bands, labels, SHAPE.labels, SHAPE.frames, arguments.seed)
    train(model, batches, RECIPE, arguments.seed, report)
    return model, RECIPE


def held_out_results(model, arguments):
    """How well the model hears sounds of another seed: accuracy, overall and for each label, and activations."""
    from demo_training import activations

    report("sounds that were held out")
    bands, labels = pool(arguments.held_out, arguments.seed + HELD_OUT)
    found = activations(model, bands, SHAPE.frames)
    is_right = found.argmax(axis=1) == labels
    own = found[numpy.arange(len(found)), labels]
    others = (found.sum(axis=1) - own) / (len(LABELS) - 1)
    return {
        "sounds": len(found),
        "accuracy": rounded(is_right),
        "activation of the right label": rounded(own),
        "activation of another label": rounded(others),
        "accuracy by label": {label: rounded(is_right[labels == place]) for place, label in enumerate(LABELS)},
    }


def rounded(values):
    return round(float(values.mean()), 4)


def about(arguments, results):
    return {
        "name": "MAEST demo",
        "type": "Classification of synthetic sounds",
        "description": "Small MAEST-shaped model, trained on synthesised sounds; it knows no music styles",
        "license": "Apache-2.0",
        "dataset": {"name": "synthesised by Tools/reference/train_demo.py", "citation": "",
                    "size": str(arguments.examples * len(LABELS)),
                    "metrics": {f"accuracy ({results['sounds']} sounds of another seed)": results["accuracy"]}},
    }


def make_graphs(model, arguments, results):
    """Through the chain of the official graphs; returns the paths."""
    from random_model import empty_model

    exported = empty_model("hugging-face", SHAPE).eval()
    exported.load_state_dict(model.state_dict())
    with tempfile.TemporaryDirectory(prefix="train_demo-") as scratch:
        maker = GraphMaker(exported, SHAPE, LABELS, NAME, arguments.out, Path(scratch),
                           about=about(arguments, results))
        maker.make(arguments.styles)
    return maker.made


def report(step):
    print(f"train_demo: {step}", file=sys.stderr, flush=True)


def main():
    arguments = parse_arguments()
    silence_libraries()
    # Threads that wait must not keep busy the cores that others work on.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    arguments.out.mkdir(parents=True, exist_ok=True)
    check_front_end()
    try:
        encoder = ffmpeg_version()
    except OSError as error:
        sys.exit(f"train_demo: ffmpeg: {error.strerror}; install it, such as with apt-get install ffmpeg")
    begin = time.monotonic()
    model, recipe = trained(arguments)
    seconds = time.monotonic() - begin
    results = held_out_results(model, arguments)
    for label, accuracy in results["accuracy by label"].items():
        print(f"{label:30} {accuracy:.3f}")
    print(f"accuracy {results['accuracy']} of {results['sounds']} sounds, {seconds:.0f} s")
    if results["accuracy"] < LOWEST_ACCURACY:
        sys.exit(f"train_demo: less than {LOWEST_ACCURACY}; nothing was written")
    made = make_graphs(model, arguments, results)
    made += write_clips(arguments.out / "clips", arguments.seed + CLIPS)
    write_passport(arguments.out / f"{NAME}-passport.json", {
        "seed": arguments.seed,
        "shape": {**asdict(SHAPE), "tokens": SHAPE.tokens},
        "recipe": asdict(recipe),
        "examples": arguments.examples * len(LABELS),
        "seconds": {"each example": POOL_SECONDS, "samples a second": SAMPLE_RATE, "training": round(seconds)},
        "held out": results,
        "command": command_line(),
        "versions": {**tool_versions(PACKAGES), "ffmpeg": encoder},
        "sha256": {str(path.relative_to(arguments.out)): sha256(path) for path in made},
    })
    for path in made:
        print(f"{path}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
