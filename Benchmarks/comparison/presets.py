"""What is compared: the model, and the work that is timed."""

from dataclasses import dataclass

# Patches in a row that ours is asked for, and that are cut from the audio.
PATCH_COUNT = 8


@dataclass(frozen=True)
class Preset:
    # Of a patch; the graphs are named after them.
    seconds: int
    # The folder of the model and its inputs in the cache; presets of one model share it.
    folder: str
    # The options of make_graph.py that give the model's sizes.
    sizes: tuple
    # How many patches in a row every engine is asked for; None: ours alone, PATCH_COUNT of them.
    row_count: int | None = None
    # The tracks of a library, each of so many patches, that ours annotates in place of other work.
    tracks: int = 0
    patches_per_track: int = 0
    # By default.
    rounds: int = 7
    # The peers that run by default; None: contenders.DEFAULT_PEERS.
    peers: tuple | None = None

    @property
    def is_whole(self):
        """Whether everything that one patch can be asked for is timed, and starts, front end and memory."""
        return self.row_count is None and not self.tracks


FULL_30S = ("--preset", "full-30s")
ROW_PEERS = ("onnxruntime", "openvino", "openvino-throughput")

PRESETS = {
    "full-30s": Preset(30, "full-30s", FULL_30S),
    "full-10s": Preset(10, "full-10s", (*FULL_30S, "--frames", "626"), row_count=20, peers=ROW_PEERS),
    "full-5s": Preset(5, "full-5s", (*FULL_30S, "--frames", "316"), row_count=40, peers=ROW_PEERS),
    "small-library": Preset(30, "full-30s", FULL_30S, tracks=4, patches_per_track=2, rounds=8, peers=()),
    "tiny": Preset(5, "tiny", ("--preset", "tiny")),
}
