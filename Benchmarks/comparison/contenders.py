"""The engines that are compared: how each one's server is started."""

from dataclasses import dataclass

from paths import BINARIES, PEERS, environment_python

OURS = "maest"
# Who multiplies matrices in ours; the first chooses by itself.
BACKENDS = ("automatic", "builtin", "openblas", "accelerate", "reference")
DEFAULT_BACKEND = BACKENDS[0]
# How exactly ours computes: always the first, and the others where the CPU has tiles (AMX), or emulated.
PRECISIONS = ("exact", "high", "fast")
EXACT, *TILE_PRECISIONS = PRECISIONS
# The names under which results of each are kept.
OURS_IN = {precision: OURS if precision == EXACT else f"{OURS}-{precision}" for precision in PRECISIONS}
PRECISION_OF = {name: precision for precision, name in OURS_IN.items()}


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
# Fast on tiles alone.
DEFAULT_TILE_PEERS = ("openvino-bf16",)
# As exact as ours, and meant to be fast.
SINGLE_PRECISION_PEERS = ("onnxruntime", "openvino", "torch")


def settle(arguments, tiles):
    """Decides what depends on whether there are tiles here: peers that were not named, precisions that can be had."""
    if arguments.peers is None:
        arguments.peers = [*DEFAULT_PEERS, *(DEFAULT_TILE_PEERS if tiles else ())]
    if not (tiles or arguments.allow_emulation):
        arguments.precisions = [EXACT]


def server_command(name, materials, arguments):
    """The command line of the server of a peer, or of ours in one of its precisions."""
    inputs = ["--patches", materials.patches, "--audio", materials.long_audio, "--threads", arguments.threads]
    if name in PRECISION_OF:
        command = [BINARIES / "maest-bench", "serve", "--model", materials.weights, *inputs,
                   "--backend", arguments.backend, "--precision", PRECISION_OF[name],
                   *(["--allow-emulation"] if arguments.allow_emulation else [])]
    else:
        peer = CONTENDERS[name]
        model = materials.graph(peer.graph) if peer.graph else materials.weights
        command = [environment_python(peer.environment), PEERS / peer.script, "--model", model, *inputs,
                   *peer.options]
    return [str(part) for part in command]
