"""OpenVINO on a MAEST .onnx. See protocol.py.

    openvino_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --threads 2
    openvino_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --precision bf16
"""

import numpy
import openvino

from protocol import Engine, answers_only_on_stdout, output_names, parse_arguments, serve


class OpenVINO(Engine):
    """Every set of taps is a model of its own, so that nothing else is computed."""

    def __init__(self, path, threads, precision):
        self.name = "OpenVINO" if precision == "f32" else f"OpenVINO {precision}"
        self.core = openvino.Core()
        self.model = self.core.read_model(path)
        self.settings = {
            "INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY"}
        logits, *layers, activations = self.model.outputs
        self.nodes = {"logits": logits, "activations": activations,
                      **{f"layer-{place + 1}": node for place, node in enumerate(layers)}}
        self.requests = {}
        self.prepare(["logits"])

    def facts(self):
        return {"openvino": openvino.__version__, "precision": str(self.settings["INFERENCE_PRECISION_HINT"])}

    def prepare(self, taps):
        if tuple(taps) in self.requests:
            return
        names = output_names(taps, len(self.nodes) - 2)
        results = [self.nodes[name].get_node().input_value(0) for name in names]
        part = openvino.Model(results, self.model.get_parameters())
        self.requests[tuple(taps)] = self.core.compile_model(part, "CPU", self.settings).create_infer_request()

    def run(self, patch, taps):
        names = output_names(taps, len(self.nodes) - 2)
        values = self.requests[tuple(taps)].infer([patch[None]])
        return {name: values[place][0] for place, name in enumerate(names)}


def main():
    arguments = parse_arguments(
        __doc__, lambda parser: parser.add_argument("--precision", choices=("f32", "bf16"), default="f32"))
    answers = answers_only_on_stdout()
    engine = OpenVINO(arguments.model, arguments.threads, arguments.precision)
    serve(engine, numpy.load(arguments.patches), answers)


if __name__ == "__main__":
    main()
