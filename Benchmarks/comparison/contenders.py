"""The engines that are compared: how each one's server is started."""

from dataclasses import dataclass

from paths import BINARIES, PEERS, environment_python

OURS = "maest"
# Who multiplies matrices in ours; the first chooses by itself.
BACKENDS = ("automatic", "builtin", "openblas", "accelerate", "reference")
DEFAULT_BACKEND = BACKENDS[0]


@dataclass(frozen=True)
class Contender:
    """A peer's server, a script in Peers."""

    script: str
    # The Python environment that it runs in: engines or torch, of Peers; essentia, of Tools/reference.
    environment: str
    # The end of its graph's name; None: it takes our weight file.
    graph: str | None
    options: tuple = ()
    # Whether layers can be asked for.
    has_layers: bool = True
    has_front_end: bool = False


CONTENDERS = {
    "onnxruntime": Contender("onnxruntime_server.py", "engines", "-2.onnx"),
    "openvino": Contender("openvino_server.py", "engines", "-2.onnx"),
    "openvino-bf16": Contender("openvino_server.py", "engines", "-2.onnx", ("--precision", "bf16")),
    "essentia": Contender("essentia_server.py", "essentia", "-2.pb", has_layers=False, has_front_end=True),
    "essentia-v1": Contender("essentia_server.py", "essentia", "-1.pb", has_layers=False),
    "essentia-session": Contender("essentia_server.py", "essentia", "-2.pb", ("--session",), has_layers=False),
    "torch": Contender("torch_server.py", "torch", None),
}
DEFAULT_PEERS = ("onnxruntime", "openvino", "essentia", "essentia-v1", "essentia-session")
# As exact as ours, and meant to be fast.
SINGLE_PRECISION_PEERS = ("onnxruntime", "openvino", "torch")


def server_command(name, materials, threads, backend=DEFAULT_BACKEND):
    """The command line of the server of a peer, or of ours, which has a choice of backends."""
    inputs = ["--patches", materials.patches, "--audio", materials.long_audio, "--threads", threads]
    if name == OURS:
        command = [BINARIES / "maest-bench", "serve", "--model", materials.weights, *inputs,
                   "--backend", backend]
    else:
        peer = CONTENDERS[name]
        model = materials.graph(peer.graph) if peer.graph else materials.weights
        command = [environment_python(peer.environment), PEERS / peer.script, "--model", model, *inputs,
                   *peer.options]
    return [str(part) for part in command]
