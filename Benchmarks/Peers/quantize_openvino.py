"""Quantizes a MAEST .onnx for OpenVINO: int8 weights and activations, by NNCF's post-training quantization.

    quantize_openvino.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --out model.xml

Model type "transformer", which includes SmoothQuant. Calibrated on all patches except the first, which errors are
measured on.
"""

import argparse
import collections
import sys
from pathlib import Path

import nncf
import numpy
import openvino


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, metavar="ONNX")
    parser.add_argument("--patches", type=Path, required=True, metavar="NPY", help="[patch, frame, band], 2 or more")
    parser.add_argument("--out", type=Path, required=True, metavar="XML")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    samples = numpy.load(arguments.patches)[1:]
    if len(samples) == 0:
        raise SystemExit(f"quantize_openvino: {arguments.patches} has one patch, at least 2 are needed")
    model = nncf.quantize(
        openvino.Core().read_model(arguments.model), nncf.Dataset([sample[None] for sample in samples]),
        subset_size=len(samples), model_type=nncf.ModelType.TRANSFORMER)
    counts = collections.Counter(node.get_type_name() for node in model.get_ops())
    if not counts["FakeQuantize"]:
        raise SystemExit(f"quantize_openvino: nothing of {arguments.model} was quantized")
    openvino.save_model(model, arguments.out, compress_to_fp16=False)
    print(f"{counts['FakeQuantize']} quantized operands, calibrated on {len(samples)} patches", file=sys.stderr)


if __name__ == "__main__":
    main()
