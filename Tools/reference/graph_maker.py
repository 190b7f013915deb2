"""A PyTorch model -> the files in which MAEST is published: `.pb` of both styles, metadata, ONNX, safetensors."""

import gc
import logging
import os
import shutil
import sys
import warnings
from pathlib import Path

from metadata import flat_style_schema, function_style_schema, write_metadata

STYLES = ("v1", "v2", "onnx", "safetensors", "savedmodel")
PACKAGES = ("torch", "transformers", "onnx", "onnx-tf", "tensorflow-cpu", "tensorflow-probability",
            "tensorflow-addons", "numpy", "safetensors")


class GraphMaker:
    """Makes the files of one PyTorch model; each style is one method.

    `about` are entries of the metadata that differ from those of a random model; `version` is the style's number
    where it is not given.
    """

    def __init__(self, model, shape, labels, name, out, scratch, float16_constants=False, version=None, about=None):
        self.model, self.shape, self.labels = model, shape, labels
        self.name, self.out, self.scratch = name, out, scratch
        self.float16_constants, self.version, self.about = float16_constants, version, about or {}
        self.styles, self.made = (), []

    def make(self, styles):
        """Writes the files of `styles`; `made` are their paths."""
        self.styles = styles
        onnx_path = self.make_torch_files()
        if {"v1", "v2", "savedmodel"} & set(self.styles):
            self.make_tensorflow_files(onnx_path)
        if "onnx" in self.styles:
            self.keep(onnx_path, f"{self.name}-2.onnx")

    def make_torch_files(self):
        from onnx_export import export_onnx

        report("weights and ONNX")
        if "safetensors" in self.styles:
            self.make_safetensors()
        path = self.scratch / "model.onnx"
        export_onnx(self.model, self.shape, path)
        return path

    def make_safetensors(self):
        from original_model import OriginalModel
        from safetensors.torch import save_file

        is_original = isinstance(self.model, OriginalModel)
        self.made.append(self.out / f"{self.name}-{'original' if is_original else 'hf'}.safetensors")
        save_file(self.model.state_dict(), self.made[-1], metadata={"format": "pt"})
        if not is_original:
            self.made.append(self.out / f"{self.name}-hf-config.json")
            self.model.config.id2label = dict(enumerate(self.labels))
            self.model.config.to_json_file(self.made[-1])

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
        write_metadata(self.made[-1], self.version or style, self.labels, schema, types, self.about)

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
    print(f"{Path(sys.argv[0]).stem}: {step}", file=sys.stderr, flush=True)
