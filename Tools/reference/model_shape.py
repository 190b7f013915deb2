"""The sizes of a MAEST-shaped model, the two presets and the two forms."""

from dataclasses import asdict, dataclass

MEL_BANDS = 96
PATCH_SIDE = 16
PATCH_STRIDE = 10
LAYER_NORM_EPSILON = 1e-6
FORMS = ("hugging-face", "original")


@dataclass(frozen=True)
class ModelShape:
    """Sizes a graph is made with; `frames` are mel frames in one patch."""

    frames: int
    width: int
    blocks: int
    heads: int
    mlp: int
    labels: int

    def check(self):
        """Raises ValueError with the first size that no graph can have."""
        for name, value in asdict(self).items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, found {value}")
        if self.frames < PATCH_SIDE:
            raise ValueError(f"frames must be at least {PATCH_SIDE}, found {self.frames}")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")

    @property
    def patches_along_frequency(self):
        return (MEL_BANDS - PATCH_SIDE) // PATCH_STRIDE + 1

    @property
    def patches_along_time(self):
        return (self.frames - PATCH_SIDE) // PATCH_STRIDE + 1

    @property
    def tokens(self):
        """CLS, DIST and the grid of 16x16 patches with stride 10."""
        return 2 + self.patches_along_frequency * self.patches_along_time


PRESETS = {
    "tiny": ModelShape(frames=316, width=48, blocks=12, heads=3, mlp=96, labels=400),
    "full-30s": ModelShape(frames=1876, width=768, blocks=12, heads=12, mlp=3072, labels=400),
}
