"""Makes a MAEST-shaped model with seeded random weights, in the styles that are published.

    make_graph.py --preset tiny --out graphs
    make_graph.py --preset full-30s --name discogs-maest-30s-random --styles v1,v2,onnx --out graphs
    make_graph.py --frames 626 --width 64 --blocks 3 --heads 4 --mlp 128 --labels 5 --out graphs
    make_graph.py --form original --blocks 4 --styles v1,v2,onnx,safetensors --out graphs
    make_graph.py --blocks 2 --styles v2 --float16-constants --out graphs

Essentia reads the patch size off the path: keep names that begin with
discogs-maest-5s-, -10s-, -20s- or -30s-, the default.
"""

import argparse
import resource
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from graph_maker import PACKAGES, STYLES, GraphMaker, silence_libraries
from metadata import label_names
from model_shape import FORMS, PRESETS
from passport import command_line, sha256, tool_versions, write_passport

SECONDS_OF_FRAMES = {316: "5s", 626: "10s", 1256: "20s", 1876: "30s"}


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", choices=FORMS, default=FORMS[0],
                        help="which PyTorch module is exported (default: hugging-face)")
    parser.add_argument("--preset", choices=PRESETS, default="tiny", help="sizes to start from (default: tiny)")
    for size in ("frames", "width", "blocks", "heads", "mlp", "labels"):
        parser.add_argument(f"--{size}", type=int, metavar="N", help="instead of the preset's")
    parser.add_argument("--seed", type=int, default=1, help="of the weights (default: 1)")
    parser.add_argument("--name", help="beginning of the file names (default: discogs-maest-<seconds>-random)")
    parser.add_argument("--styles", default="v1,v2", help=f"comma-separated, of {','.join(STYLES)} (default: v1,v2)")
    parser.add_argument("--float16-constants", action="store_true",
                        help="v2 stores its weights in half precision and casts them to float32")
    parser.add_argument("--label-names", metavar="FILE", help="one label a line (default: Discogs' 400 or 519)")
    parser.add_argument("--version", help="`version` in the metadata (default: the style's number)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args()
    try:
        arguments.shape = chosen_shape(arguments)
        arguments.styles = chosen_styles(arguments.styles)
        if arguments.float16_constants and "v2" not in arguments.styles:
            raise ValueError("--float16-constants needs style v2")
        arguments.labels = label_names(arguments.shape.labels, arguments.label_names)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    seconds = SECONDS_OF_FRAMES.get(arguments.shape.frames, f"{arguments.shape.frames}-frames")
    arguments.name = arguments.name or f"discogs-maest-{seconds}-random"
    return arguments


def chosen_shape(arguments):
    given = {size: value for size in ("frames", "width", "blocks", "heads", "mlp", "labels")
             if (value := getattr(arguments, size)) is not None}
    shape = replace(PRESETS[arguments.preset], **given)
    shape.check()
    return shape


def chosen_styles(text):
    styles = text.split(",")
    if unknown := sorted(set(styles) - set(STYLES)):
        raise ValueError(f"unknown styles {', '.join(unknown)}; known are {', '.join(STYLES)}")
    return styles


def main():
    arguments = parse_arguments()
    silence_libraries()
    arguments.out.mkdir(parents=True, exist_ok=True)
    from random_model import random_model

    with tempfile.TemporaryDirectory(prefix="make_graph-") as scratch:
        maker = GraphMaker(
            random_model(arguments.form, arguments.shape, arguments.seed), arguments.shape, arguments.labels,
            arguments.name, arguments.out, Path(scratch), arguments.float16_constants, arguments.version)
        maker.make(arguments.styles)
    write_passport(arguments.out / f"{arguments.name}-passport.json", {
        "form": arguments.form,
        "seed": arguments.seed,
        "shape": {**asdict(arguments.shape), "tokens": arguments.shape.tokens},
        "command": command_line(),
        "versions": tool_versions(PACKAGES),
        "sha256": {str(path.relative_to(arguments.out)): sha256(path) for path in maker.made},
    })
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for path in maker.made:
        print(f"{path}  {path.stat().st_size} bytes")
    print(f"peak memory {peak:.0f} MiB", file=sys.stderr)


if __name__ == "__main__":
    main()
