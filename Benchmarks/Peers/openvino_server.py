"""OpenVINO on a MAEST .onnx, or on a quantized model (.xml). See protocol.py.

    openvino_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --threads 2
    openvino_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --precision bf16
    openvino_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --streams 2
    openvino_server.py --model int8/model.xml --patches patches.npy

One stream is OpenVINO's latency mode: all threads work on one patch. Several are its throughput mode: each stream has
its share of the threads and works on a patch of its own.
"""

import numpy
import openvino

from protocol import Engine, answers_only_on_stdout, output_names, parse_arguments, serve


class OpenVINO(Engine):
    """Every set of taps is a model of its own, so that nothing else is computed."""

    def __init__(self, path, threads, precision, streams):
        self.name = "OpenVINO" if precision == "f32" else f"OpenVINO {precision}"
        self.core = openvino.Core()
        self.model = self.core.read_model(path)
        self.streams = streams
        self.settings = {
            "INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": streams,
            "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT"}
        logits, *layers, activations = self.model.outputs
        self.nodes = {"logits": logits, "activations": activations,
                      **{f"layer-{place + 1}": node for place, node in enumerate(layers)}}
        self.queues = {}
        self.prepare(["logits"])

    def facts(self):
        quantized = any(node.get_type_name() == "FakeQuantize" for node in self.model.get_ops())
        return {"openvino": openvino.__version__, "precision": str(self.settings["INFERENCE_PRECISION_HINT"]),
                "streams": self.streams, **({"quantized": "int8"} if quantized else {})}

    def prepare(self, taps):
        if tuple(taps) in self.queues:
            return
        names = output_names(taps, len(self.nodes) - 2)
        results = [self.nodes[name].get_node().input_value(0) for name in names]
        part = openvino.Model(results, self.model.get_parameters())
        compiled = self.core.compile_model(part, "CPU", self.settings)
        self.queues[tuple(taps)] = openvino.AsyncInferQueue(compiled, self.streams)

    def run_all(self, patches, taps):
        queue, values = self.queues[tuple(taps)], {}
        last = len(patches) - 1

        def keep(request, place):
            if place == last:
                values.update(enumerate(numpy.array(tensor.data[0]) for tensor in request.output_tensors))

        queue.set_callback(keep)
        for place, patch in enumerate(patches):
            queue.start_async([patch[None]], place)
        queue.wait_all()
        return {name: values[place] for place, name in enumerate(output_names(taps, len(self.nodes) - 2))}


def add_arguments(parser):
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--streams", type=int, default=1, help="patches at a time (default: 1)")


def main():
    arguments = parse_arguments(__doc__, add_arguments)
    answers = answers_only_on_stdout()
    engine = OpenVINO(arguments.model, arguments.threads, arguments.precision, arguments.streams)
    serve(engine, numpy.load(arguments.patches), answers)


if __name__ == "__main__":
    main()
