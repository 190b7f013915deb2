"""Quantizes a MAEST .onnx for onnxruntime: int8 weights per channel, activations quantized as the model runs.

    quantize_onnxruntime.py --model discogs-maest-30s-random-2.onnx --out model.onnx

The settings are those that onnxruntime's documentation gives for transformers: quantize_dynamic with QInt8 weights.
"""

import argparse
import collections
import sys
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, metavar="ONNX")
    parser.add_argument("--patches", type=Path, metavar="NPY", help="not needed here")
    parser.add_argument("--out", type=Path, required=True, metavar="ONNX")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    quantize_dynamic(arguments.model, arguments.out, per_channel=True, weight_type=QuantType.QInt8)
    counts = collections.Counter(node.op_type for node in onnx.load(arguments.out).graph.node)
    if not counts["MatMulInteger"]:
        raise SystemExit(f"quantize_onnxruntime: no product of {arguments.model} was quantized")
    print(f"{counts['MatMulInteger']} products in int8, {counts['MatMul'] + counts['Gemm']} in single precision",
          file=sys.stderr)


if __name__ == "__main__":
    main()
