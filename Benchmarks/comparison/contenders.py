"""The engines that are compared: how each one's server is started."""

from dataclasses import dataclass

from paths import BINARIES, PEERS, environment_python
from presets import PRESETS

# Who multiplies matrices in ours; the first chooses by itself.
BACKENDS = ("automatic", "builtin", "openblas", "accelerate", "reference")
DEFAULT_BACKEND = BACKENDS[0]
# How exactly ours computes: always the first, and the others where the CPU supports them, or emulated.
PRECISIONS = ("exact", "high", "bf16", "int16")
EXACT, *PACKED_PRECISIONS = PRECISIONS
# The names under which results of each are kept.
OURS_IN = {precision: f"maest-{precision}" for precision in PRECISIONS}
PRECISION_OF = {name: precision for precision, name in OURS_IN.items()}
OURS = OURS_IN[EXACT]


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
    # The script in Peers that quantizes the graph, and the name of the model that it makes.
    quantizer: str | None = None
    quantized_model: str | None = None


CONTENDERS = {
    "onnxruntime": Contender("onnxruntime_server.py", "engines", "-2.onnx"),
    "onnxruntime-int8": Contender("onnxruntime_server.py", "engines", "-2.onnx", ("--no-saturation",),
                                  quantizer="quantize_onnxruntime.py", quantized_model="model.onnx"),
    "openvino": Contender("openvino_server.py", "engines", "-2.onnx"),
    "openvino-throughput": Contender("openvino_server.py", "engines", "-2.onnx", ("--streams", "2")),
    "openvino-bf16": Contender("openvino_server.py", "engines", "-2.onnx", ("--precision", "bf16")),
    "openvino-int8": Contender("openvino_server.py", "engines", "-2.onnx", quantizer="quantize_openvino.py",
                               quantized_model="model.xml"),
    "essentia": Contender("essentia_server.py", "essentia", "-2.pb", has_layers=False, has_front_end=True),
    "essentia-v1": Contender("essentia_server.py", "essentia", "-1.pb", has_layers=False),
    "essentia-session": Contender("essentia_server.py", "essentia", "-2.pb", ("--session",), has_layers=False),
    "torch": Contender("torch_server.py", "torch", None),
}
DEFAULT_PEERS = ("onnxruntime", "onnxruntime-int8", "openvino", "openvino-int8", "essentia", "essentia-v1",
                 "essentia-session")
# Fast on tiles (AMX) alone.
DEFAULT_TILE_PEERS = ("openvino-bf16",)
# As exact as ours, and meant to be fast.
SINGLE_PRECISION_PEERS = ("onnxruntime", "openvino", "torch")
# Of one model in OpenVINO: all threads on one patch, or a patch for each stream.
OPENVINO_MODES = ("openvino", "openvino-throughput")


def settle(arguments, native):
    """Decides what depends on the preset and on the precisions that the CPU supports: peers and a number of rounds that
    were not named, precisions that can be had."""
    preset = PRESETS[arguments.preset]
    if arguments.rounds is None:
        arguments.rounds = preset.rounds
    if arguments.quick:
        arguments.rounds = min(arguments.rounds, 2)
    if arguments.peers is None:
        tile_peers = DEFAULT_TILE_PEERS if "bf16" in native else ()
        arguments.peers = [*DEFAULT_PEERS, *tile_peers] if preset.peers is None else [*preset.peers]
    if not arguments.allow_emulation:
        arguments.precisions = [name for name in arguments.precisions if name in native]


def server_command(name, materials, arguments):
    """The command line of the server of a peer, or of ours in one of its precisions."""
    inputs = ["--patches", materials.patches, "--audio", materials.long_audio, "--threads", arguments.threads]
    if name in PRECISION_OF:
        command = [BINARIES / "maest-bench", "serve", "--model", materials.weights, *inputs,
                   "--backend", arguments.backend, "--precision", PRECISION_OF[name],
                   *(["--allow-emulation"] if arguments.allow_emulation else [])]
    else:
        peer = CONTENDERS[name]
        command = [environment_python(peer.environment), PEERS / peer.script, "--model", materials.model(name),
                   *inputs, *peer.options]
    return [str(part) for part in command]
