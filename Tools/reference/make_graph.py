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
import gc
import logging
import os
import resource
import shutil
import sys
import tempfile
import warnings
from dataclasses import asdict, replace
from pathlib import Path

from metadata import flat_style_schema, function_style_schema, label_names, write_metadata
from model_shape import FORMS, PRESETS
from passport import command_line, sha256, tool_versions, write_passport

STYLES = ("v1", "v2", "onnx", "safetensors", "savedmodel")
PACKAGES = ("torch", "transformers", "onnx", "onnx-tf", "tensorflow-cpu", "tensorflow-probability",
            "tensorflow-addons", "numpy", "safetensors")
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


class GraphMaker:
    """Makes the files of one model; each style is one method."""

    def __init__(self, arguments, scratch):
        self.form, self.shape, self.labels = arguments.form, arguments.shape, arguments.labels
        self.styles, self.float16_constants = arguments.styles, arguments.float16_constants
        self.seed, self.version = arguments.seed, arguments.version
        self.out, self.name, self.scratch = arguments.out, arguments.name, scratch
        self.made = []

    def make(self):
        onnx_path = self.make_torch_files()
        if {"v1", "v2", "savedmodel"} & set(self.styles):
            self.make_tensorflow_files(onnx_path)
        if "onnx" in self.styles:
            self.keep(onnx_path, f"{self.name}-2.onnx")

    def make_torch_files(self):
        from onnx_export import export_onnx
        from random_model import random_model

        report("weights and ONNX")
        model = random_model(self.form, self.shape, self.seed)
        if "safetensors" in self.styles:
            self.make_safetensors(model)
        path = self.scratch / "model.onnx"
        export_onnx(model, self.shape, path)
        return path

    def make_safetensors(self, model):
        from safetensors.torch import save_file

        suffix = "original" if self.form == "original" else "hf"
        self.made.append(self.out / f"{self.name}-{suffix}.safetensors")
        save_file(model.state_dict(), self.made[-1], metadata={"format": "pt"})
        if self.form == "hugging-face":
            self.made.append(self.out / f"{self.name}-hf-config.json")
            model.config.id2label = dict(enumerate(self.labels))
            model.config.to_json_file(self.made[-1])

    def make_tensorflow_files(self, onnx_path):
        import onnx
        from onnx_export import with_function_style_names

        flat_names = onnx.load(str(onnx_path))
        if "v2" in self.styles:
            self.make_flat_style(flat_names)
        if {"v1", "savedmodel"} & set(self.styles):
            self.make_function_style(with_function_style_names(flat_names))

    def make_flat_style(self, onnx_model):
        from onnx_export import output_names
        from tensorflow_graphs import export_saved_model, write_flat_style

        report("flat style (v2)")
        saved_model = self.scratch / "flat"
        export_saved_model(onnx_model, saved_model)
        self.made.append(self.out / f"{self.name}-2.pb")
        write_flat_style(saved_model, output_names(onnx_model), self.made[-1], self.float16_constants)
        types = ["frozen_model"] + (["onnx"] if "onnx" in self.styles else [])
        self.write_json("2", flat_style_schema(self.shape), types)

    def make_function_style(self, onnx_model):
        from tensorflow_graphs import export_saved_model, write_function_style

        report("function style (v1)")
        saved_model = self.scratch / "functions"
        export_saved_model(onnx_model, saved_model)
        if "v1" in self.styles:
            self.made.append(self.out / f"{self.name}-1.pb")
            write_function_style(saved_model, self.made[-1])
            self.write_json("1", function_style_schema(self.shape), ["frozen_model"])
        if "savedmodel" in self.styles:
            folder = self.out / f"{self.name}-savedmodel"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(saved_model, folder)
            self.made += sorted(path for path in folder.rglob("*") if path.is_file())

    def write_json(self, style, schema, types):
        self.made.append(self.out / f"{self.name}-{style}.json")
        write_metadata(self.made[-1], self.version or style, self.labels, schema, types)

    def keep(self, path, name):
        self.made.append(self.out / name)
        shutil.move(path, self.made[-1])


def silence_libraries():
    """Their warnings are about newer versions than the pinned ones."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")


def report(step):
    gc.collect()
    print(f"make_graph: {step}", file=sys.stderr, flush=True)


def main():
    arguments = parse_arguments()
    silence_libraries()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="make_graph-") as scratch:
        maker = GraphMaker(arguments, Path(scratch))
        maker.make()
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
