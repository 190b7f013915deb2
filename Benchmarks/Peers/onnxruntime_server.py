"""onnxruntime on a MAEST .onnx, in single precision or quantized. See protocol.py.

    onnxruntime_server.py --model discogs-maest-30s-random-2.onnx --patches patches.npy --threads 2
    onnxruntime_server.py --model int8/model.onnx --patches patches.npy --threads 2 --no-saturation

On CPUs without VNNI, onnxruntime's int8 products saturate at 16 bits by default. --no-saturation avoids that
(session.x64quantprecision): it costs a few per cent of the time, and errors are then those of CPUs with VNNI.
"""

import numpy
import onnxruntime

from protocol import Engine, answers_only_on_stdout, output_names, parse_arguments, serve


class OnnxRuntime(Engine):
    name = "onnxruntime"

    def __init__(self, path, threads, no_saturation):
        options = onnxruntime.SessionOptions()
        self.no_saturation = no_saturation
        if no_saturation:
            options.add_session_config_entry("session.x64quantprecision", "1")
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        logits, *layers, activations = (output.name for output in self.session.get_outputs())
        self.nodes = {"logits": logits, "activations": activations,
                      **{f"layer-{place + 1}": name for place, name in enumerate(layers)}}

    def facts(self):
        return {"onnxruntime": onnxruntime.__version__,
                **({"session.x64quantprecision": 1} if self.no_saturation else {})}

    def run(self, patch, taps):
        names = output_names(taps, len(self.nodes) - 2)
        values = self.session.run([self.nodes[name] for name in names], {self.input: patch[None]})
        return {name: value[0] for name, value in zip(names, values)}


def main():
    arguments = parse_arguments(
        __doc__, lambda parser: parser.add_argument("--no-saturation", action="store_true", help="of int8 products"))
    answers = answers_only_on_stdout()
    engine = OnnxRuntime(arguments.model, arguments.threads, arguments.no_saturation)
    serve(engine, numpy.load(arguments.patches), answers)


if __name__ == "__main__":
    main()
