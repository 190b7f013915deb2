"""Runs a MAEST .onnx in double precision, with ONNX's own reference implementation of each operation.

    make_reference.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --out reference

Writes logits.npy, activations.npy and layer-N.npy (float64) of the first patch. About half a minute and 4 GB for the
full size. Every float32 of the graph (weights, constants, casts) becomes a float64 of the same value.
"""

import argparse
import math
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, metavar="ONNX")
    parser.add_argument("--patches", type=Path, required=True, metavar="NPY", help="[patch, frame, band]")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    return parser.parse_args()


class Erf(OpRun):
    """In place of ONNX's own, which rounds to single precision."""

    op_domain = ""

    def _run(self, x):
        return (numpy.vectorize(math.erf, otypes=[numpy.float64])(x),)


def in_double_precision(model):
    """The model with every float32 in it a float64."""
    for tensor in model.graph.initializer:
        widen(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                widen(attribute.t)
            elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = TensorProto.DOUBLE
    return model


def widen(tensor):
    if tensor.data_type == TensorProto.FLOAT:
        wide = numpy_helper.to_array(tensor).astype(numpy.float64)
        tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))


def run(model, patch):
    """{name: array} of every output of the graph; what no later node needs is forgotten."""
    evaluator = ReferenceEvaluator(model, new_ops=[Erf])
    values = {model.graph.input[0].name: patch, **evaluator.rt_inits_, "": None}
    keep = {output.name for output in model.graph.output}
    last_use = {name: place for place, node in enumerate(evaluator.rt_nodes_) for name in node.input}
    for place, node in enumerate(evaluator.rt_nodes_):
        values |= zip(node.output, node.run(*(values[name] for name in node.input)))
        for name in {*node.input, *node.output} - keep - {""}:
            if last_use.get(name, place) <= place:
                values.pop(name, None)
    return {output.name: values[output.name] for output in model.graph.output}


def main():
    arguments = parse_arguments()
    patch = numpy.load(arguments.patches)[:1].astype(numpy.float64)
    outputs = run(in_double_precision(onnx.load(arguments.model)), patch)
    # In the graph's order: logits, the layers, activations.
    logits, *layers, activations = outputs.values()
    arrays = {f"layer-{place + 1}": layer for place, layer in enumerate(layers)}
    arrays |= {"logits": logits, "activations": activations}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        if array.dtype != numpy.float64:
            raise SystemExit(f"make_reference: {name} came out as {array.dtype}")
        numpy.save(arguments.out / f"{name}.npy", array[0])


if __name__ == "__main__":
    main()
