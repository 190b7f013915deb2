"""Essentia on a MAEST .pb, in either of two ways. See protocol.py.

    essentia_server.py --model discogs-maest-30s-random-2.pb --patches patches.npy --audio track.wav
    essentia_server.py --model discogs-maest-30s-random-2.pb --patches patches.npy --session

Without --session: TensorflowPredictMAEST on the beginning of the audio that fills one patch, as its pages show it. Its
time has the mel bands in it, and a TensorFlow session made anew. With it: TensorflowPredict on the patch, with one
session that is kept. Only "logits" can be asked for; the first way gives one output a run, the activations.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tools/reference"))

import numpy

from protocol import Engine, answers_only_on_stdout, limit_cores, parse_arguments, serve

HOP_LENGTH = 256


def main():
    arguments = parse_arguments(__doc__, lambda parser: parser.add_argument("--session", action="store_true"))
    answers = answers_only_on_stdout()
    # TensorFlow takes as many threads as there are cores, when it is loaded.
    limit_cores(arguments.threads)
    patches = numpy.load(arguments.patches)
    kind = KeptSession if arguments.session else PredictMAEST
    serve(kind(arguments.model, patches.shape[1], arguments.audio), patches, answers)


class Essentia(Engine):
    def __init__(self, graph, audio):
        # Imported here, where the cores are limited.
        import run_essentia

        self.tools, self.essentia, self.graph = run_essentia, run_essentia.essentia, graph
        schema = run_essentia.metadata_schema(graph)
        if schema is None:
            raise SystemExit(f"essentia_server: no {graph.with_suffix('.json')} beside the graph")
        self.input = schema["inputs"][0]["name"]
        purposes = {output.get("output_purpose"): output["name"] for output in schema["outputs"]}
        self.logits, self.activations = purposes["logits"], purposes["predictions"]
        self.audio, self.signal = audio, None

    def facts(self):
        return {"essentia-tensorflow": self.tools.tool_versions(("essentia-tensorflow",))["essentia-tensorflow"],
                "graph": self.graph.name}

    def prepare(self, taps):
        if taps != ["logits"]:
            raise ValueError(f"only logits can be asked for, found {', '.join(taps)}")

    def loaded_signal(self):
        if self.signal is None:
            if self.audio is None:
                raise ValueError("the server was started without --audio")
            self.signal = self.tools.load_signal(self.audio)
        return self.signal

    def run_front_end(self):
        signal = self.loaded_signal()
        start = time.perf_counter()
        self.tools.mel_bands(signal)
        return time.perf_counter() - start


class KeptSession(Essentia):
    name = "Essentia, session kept"

    def __init__(self, graph, _, audio):
        super().__init__(graph, audio)
        self.predict = self.essentia.standard.TensorflowPredict(
            graphFilename=str(graph), inputs=[self.input], outputs=[self.logits, self.activations])

    def run(self, patch, taps):
        pool = self.essentia.Pool()
        pool.set(self.input, patch[None, None])
        outputs = self.predict(pool)
        return {"logits": outputs[self.logits].reshape(-1), "activations": outputs[self.activations].reshape(-1)}


class PredictMAEST(Essentia):
    name = "Essentia"

    def __init__(self, graph, frames, audio):
        super().__init__(graph, audio)
        # One frame more than a patch has, so that its last one is whole.
        self.sample_count = (frames + 1) * HOP_LENGTH
        self.predict = self.essentia.standard.TensorflowPredictMAEST(
            graphFilename=str(graph), input=self.input, output=self.activations)

    def prepare(self, taps):
        super().prepare(taps)
        self.loaded_signal()

    def run(self, patch, taps):
        """The audio's first patch, whatever `patch` is."""
        return {"activations": numpy.asarray(self.predict(self.signal[:self.sample_count])).reshape(-1)}


if __name__ == "__main__":
    main()
