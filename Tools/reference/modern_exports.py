"""Exports AST models in MAEST's shape with today's torch, each in another way, and models that are almost MAEST.

    modern_exports.py /tmp/exports
    modern_exports.py /tmp/exports --only sdpa-opset23-fixed --only refused-relu

Written to the folder, for each line of the tables in modern_table.py:

    NAME.onnx           input melspectrogram; outputs logits, activations, layer_00_embeddings ...; and
                        NAME.onnx.data beside it where the weights are external
    NAME.npz            x, logits, act, h1 ... (every block) as PyTorch computes them in single precision; none for
                        those to be refused, refused-NAME
    tiny/               the small ones, for fixtures
    operators.txt       operators, opsets, local functions, size of each file
    passport.json       settings, seeds, versions, checksums, command

Each file is run by onnxruntime; the script fails when one differs from PyTorch by more than its tolerance.
"""

import argparse
import json
import logging
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch

from model_shape import MEL_BANDS
from modern_models import EveryOutput, OnlyLogits, expected_numbers, make_model
from modern_table import EXPORTS, OPTIMIZE_BY_DEFAULT
from onnx_edits import edited
from passport import command_line, sha256, tool_versions, write_passport

INPUT_NAME = "melspectrogram"
PACKAGES = ("torch", "transformers", "onnx", "onnxscript", "onnx-ir", "onnxruntime", "numpy")
SEED = 1
BATCH_OF_DYNAMIC_EXAMPLE = 2
BATCH_OF_DYNAMIC_CHECK = 3
LEAST_DIFFERENCE = 5e-5


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUTPUT_FOLDER")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[export.name for export in EXPORTS],
                        help="this export; may be given more than once (default: all)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    silence_libraries()
    chosen = [export for export in EXPORTS if not arguments.only or export.name in arguments.only]
    records, failures = {}, []
    for export in chosen:
        folder = arguments.out / export.folder
        folder.mkdir(parents=True, exist_ok=True)
        try:
            records[export.name] = make(export, folder)
        except Exception as error:  # one exporter's failure says nothing about the others
            failures.append(export.name)
            print(f"{export.name}: {type(error).__name__}: {str(error).strip()[:600]}", file=sys.stderr)
    write_passport(arguments.out / "passport.json", {
        "seeds": {"weights": SEED, "x": SEED + 1},
        "command": command_line(),
        "versions": tool_versions(PACKAGES),
        "exports": {**earlier_records(arguments.out), **records},
    })
    write_operators(arguments.out)
    if failures:
        sys.exit(f"failed: {', '.join(failures)}")


def earlier_records(folder):
    """What the passport says of exports made before, for runs with --only."""
    path = folder / "passport.json"
    return json.loads(path.read_text(encoding="utf-8"))["exports"] if path.exists() else {}


def silence_libraries():
    warnings.filterwarnings("ignore")
    for name in ("torch.onnx", "torch.onnx._internal.exporter._registration", "onnxscript", "onnxruntime"):
        logging.getLogger(name).setLevel(logging.ERROR)
    onnxruntime.set_default_logger_severity(3)


def make(export, folder):
    """Writes the files of one export and returns what the passport says of it."""
    model = make_model(export, SEED)
    path = folder / f"{export.name}.onnx"
    write_onnx(export, model, path)
    record = {**asdict(export), "shape": {**asdict(export.shape), "tokens": export.tokens}}
    made = [path, *path.parent.glob(f"{path.name}.data")]
    if export.wanted:
        numbers = expected_numbers(model, example(export, 1))
        numpy.savez(path.with_suffix(".npz"), **numbers)
        made.append(path.with_suffix(".npz"))
        record["largest_difference"] = check(export, model, path)
        report = f"differs from PyTorch by {record['largest_difference']:.1e}"
    else:
        report = f"to be refused: {export.differs}; {difference_from_maest(export, path)}"
    print(f"{export.name}: {path.stat().st_size} bytes; {report}", flush=True)
    record["sha256"] = {file.name: sha256(file) for file in made}
    return record


def example(export, batch):
    generator = numpy.random.Generator(numpy.random.PCG64(SEED + 1))
    shape = (batch, export.shape.frames, MEL_BANDS)
    return torch.from_numpy(generator.standard_normal(shape, dtype=numpy.float32))


def write_onnx(export, model, path):
    wanted = export.blocks_as_outputs
    wrapper = (OnlyLogits(model) if wanted is None else EveryOutput(model, wanted))
    if export.change != "dropout":
        wrapper.eval()
    with tempfile.TemporaryDirectory(prefix="modern_exports-") as scratch:
        target = Path(scratch, path.name) if export.edit else path
        export_onnx(export, wrapper, target)
        if export.edit:
            save(export, edited(onnx.load(target), export.edit), path)


def save(export, model, path):
    data = {"save_as_external_data": True, "location": f"{path.name}.data"} if export.external_data else {}
    Path(f"{path}.data").unlink(missing_ok=True)
    onnx.save(model, path, **data)
    if data:
        Path(f"{path}.data").chmod(path.stat().st_mode)


def export_onnx(export, wrapper, path):
    """One call of torch.onnx.export with the options that the table gives."""
    options = {"verbose": False, **dict(export.options)}
    if "training" in options:
        options["training"] = getattr(torch.onnx.TrainingMode, options["training"])
    if export.names:
        options.update(input_names=[INPUT_NAME], output_names=output_names(export))
    if export.opset is not None:
        options["opset_version"] = export.opset
    inputs = (example(export, BATCH_OF_DYNAMIC_EXAMPLE if export.dynamic_batch else 1),)
    if export.exporter == "older":
        if export.dynamic_batch:
            options["dynamic_axes"] = {name: {0: "batch"} for name in [INPUT_NAME, *output_names(export)]}
        torch.onnx.export(wrapper, inputs, str(path), dynamo=False, **options)
        return
    if export.optimize is not OPTIMIZE_BY_DEFAULT:
        options["optimize"] = export.optimize
    shapes = {INPUT_NAME: {0: torch.export.Dim("batch", min=1, max=64)}} if export.dynamic_batch else None
    if export.exporter == "program":
        program = torch.export.export(wrapper, inputs, dynamic_shapes=shapes)
        torch.onnx.export(program, (), str(path), external_data=export.external_data, dynamo=True, **options)
    else:
        torch.onnx.export(wrapper, inputs, str(path), dynamo=True, external_data=export.external_data,
                          dynamic_shapes=shapes, **options)


def output_names(export):
    if export.blocks_as_outputs is None:
        return ["logits"]
    return ["logits", "activations", *(f"layer_{block:02d}_embeddings" for block in export.blocks_as_outputs)]


def check(export, model, path):
    """The largest difference between onnxruntime and PyTorch; raises ValueError above the export's tolerance."""
    onnx.checker.check_model(str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    batches = [1, BATCH_OF_DYNAMIC_CHECK] if export.dynamic_batch else [1]
    largest = 0.0
    for batch in batches:
        x = example(export, batch)
        numbers = expected_numbers(model, x)
        found = session.run(None, {session.get_inputs()[0].name: x.numpy()})
        keys = ["logits", "act", *(f"h{block + 1}" for block in export.blocks_as_outputs or ())][:len(found)]
        if len(keys) != len(found):
            raise ValueError(f"{len(found)} outputs, expected {keys}")
        for key, value in zip(keys, found):
            largest = max(largest, float(numpy.abs(numbers[key] - value).max()))
    if not largest <= export.tolerance:
        raise ValueError(f"differs from PyTorch by {largest:.2e}, more than {export.tolerance:.0e}")
    return largest


def difference_from_maest(export, path):
    """By how much the logits of a file to be refused differ from the unchanged model's; they must."""
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # each of onnxruntime's errors has a class of its own
        return f"not loaded by onnxruntime: {str(error).strip()[:200]}"
    x = example(export, 1)
    found = session.run(["logits"], {INPUT_NAME: x.numpy()})[0]
    unchanged = expected_numbers(make_model(replace(export, change=""), SEED), x)["logits"]
    difference = float(numpy.abs(unchanged - found).max())
    if export.differs_when_run and not difference > LEAST_DIFFERENCE:
        raise ValueError(f"to be refused, but differs by {difference:.1e} only")
    return f"logits differ by {difference:.1e}"


def write_operators(folder):
    """operators.txt: of each .onnx in the folder what it is made of."""
    lines = []
    for path in sorted(folder.rglob("*.onnx")):
        model = onnx.load(path, load_external_data=False)
        data = path.with_name(f"{path.name}.data")
        opsets = ", ".join(f"{entry.domain or 'ai.onnx'} {entry.version}" for entry in model.opset_import)
        lines.append(f"{path.relative_to(folder)}  {path.stat().st_size} bytes"
                     + (f" + {data.stat().st_size} of data" if data.exists() else "")
                     + f"; IR {model.ir_version}; opsets {opsets}; {len(model.functions)} functions")
        lines += [f"    {described(value, 'input')}" for value in model.graph.input]
        lines += [f"    {described(value, 'output')}" for value in model.graph.output]
        lines.append(f"    nodes: {counted(model.graph.node)}")
        lines += [f"    function {body.name}: {counted(body.node)}" for body in model.functions]
        lines.append("")
    (folder / "operators.txt").write_text("\n".join(lines), encoding="utf-8")


def described(value, kind):
    sizes = [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
    return f"{kind} {value.name} {sizes}"


def counted(nodes):
    counts = Counter(f"{node.domain}.{node.op_type}" if node.domain else node.op_type for node in nodes)
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
