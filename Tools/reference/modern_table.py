"""What modern_exports.py makes: the exports to be converted, the tiny ones, and those to be refused."""

from dataclasses import dataclass, replace

from model_shape import MEL_BANDS, PATCH_SIDE, PATCH_STRIDE, ModelShape

OPTIMIZE_BY_DEFAULT = None


@dataclass(frozen=True)
class Export:
    """One file: the model, its attention, and the exporter's options.

    `exporter` is dynamo, program (torch.export.export first) or older (dynamo=False); `outputs` is all (every block),
    one (the 7th block, or the last of fewer), heads (logits and activations) or logits; `head` is
    classifier (Hugging Face's), linear, norm-linear, or original for all of MAEST's own form; `change` is of
    modern_models.CHANGES and `edit` some of onnx_edits.EDITS; `differs` says what a converter must
    refuse, though onnxruntime may run it as if nothing were different (`differs_when_run`).
    """

    name: str
    shape: ModelShape
    attention: str = "eager"
    opset: int | None = 18
    exporter: str = "dynamo"
    dynamic_batch: bool = False
    outputs: str = "all"
    optimize: bool | None = OPTIMIZE_BY_DEFAULT
    external_data: bool = False
    options: tuple = ()
    names: bool = True
    head: str = "classifier"
    stride: int = PATCH_STRIDE
    change: str = ""
    edit: str = ""
    differs: str = ""
    differs_when_run: bool = True
    folder: str = ""
    tolerance: float = 1e-5

    @property
    def wanted(self):
        return not self.differs

    @property
    def blocks_as_outputs(self):
        """Blocks, counted from 0, whose output the file has; None where it has logits alone."""
        blocks = self.shape.blocks
        return {"all": tuple(range(blocks)), "one": (min(6, blocks - 1),), "heads": (), "logits": None}[self.outputs]

    @property
    def tokens(self):
        return 2 + patches(MEL_BANDS, self.stride) * patches(self.shape.frames, self.stride)


def patches(size, stride):
    return (size - PATCH_SIDE) // stride + 1


def shape(blocks=12, width=48, heads=3, mlp=96, labels=10, frames=316):
    made = ModelShape(frames=frames, width=width, blocks=blocks, heads=heads, mlp=mlp, labels=labels)
    made.check()
    return made


BASE = shape()
SHORT = shape(blocks=4)
TINY = shape(blocks=2, width=16, heads=2, mlp=32, labels=5, frames=36)
SDPA = {"attention": "sdpa"}

WANTED = (
    Export("eager-opset18-fixed", BASE),
    Export("eager-opset18-dynamic", shape(labels=519), dynamic_batch=True, outputs="one"),
    Export("eager-opset19-dynamic", shape(blocks=2, width=32, heads=2, mlp=128, labels=2), opset=19,
           dynamic_batch=True),
    Export("eager-opset20-fixed", shape(blocks=24, labels=1), opset=20, tolerance=3e-5),
    Export("eager-opset21-dynamic", shape(blocks=4, width=96, heads=6, mlp=384), opset=21, dynamic_batch=True),
    Export("eager-opset22-fixed-one-head", shape(blocks=4, width=64, heads=1, mlp=256), opset=22, outputs="one"),
    Export("eager-opset23-dynamic", BASE, opset=23, dynamic_batch=True),
    Export("eager-opset24-fixed-3000-labels", shape(blocks=4, labels=3000), opset=24, outputs="heads"),
    Export("eager-opset25-fixed", SHORT, opset=25),
    Export("eager-defaults", BASE, opset=None, external_data=True, outputs="one"),
    Export("eager-default-names", SHORT, opset=None, names=False),
    Export("eager-unoptimized-fixed", BASE, optimize=False),
    Export("eager-unoptimized-dynamic", SHORT, optimize=False, dynamic_batch=True),
    Export("eager-unoptimized-opset23-dynamic", SHORT, opset=23, optimize=False, dynamic_batch=True),
    Export("eager-external-data-dynamic", shape(frames=626, labels=519), external_data=True, dynamic_batch=True,
           outputs="one"),
    Export("eager-only-logits", BASE, outputs="logits"),
    Export("eager-program", BASE, opset=20, exporter="program"),
    Export("eager-initializers-as-inputs", SHORT, options=(("keep_initializers_as_inputs", True),)),
    Export("eager-verbose", SHORT, options=(("verbose", True),), outputs="heads"),
    Export("eager-linear-head-dynamic", shape(labels=2), head="linear", dynamic_batch=True, outputs="one"),
    Export("eager-norm-linear-head", shape(blocks=4, labels=2), head="norm-linear", opset=20),
    Export("eager-stride-16", shape(blocks=4), stride=16, opset=20),
    Export("eager-older-opset17-dynamic", BASE, opset=17, exporter="older", dynamic_batch=True),
    Export("eager-older-opset18-unfolded", SHORT, exporter="older", options=(("do_constant_folding", False),)),
    Export("eager-older-opset18-unfolded-dynamic", SHORT, exporter="older", dynamic_batch=True,
           options=(("do_constant_folding", False), ("keep_initializers_as_inputs", True))),
    Export("eager-older-opset20", SHORT, opset=20, exporter="older", outputs="one"),
    Export("eager-functions-opset20", BASE, opset=20, edit="functions"),
    Export("eager-runtime-basic", BASE, edit="runtime-basic"),
    Export("eager-runtime-extended", BASE, edit="runtime-extended"),
    Export("eager-runtime-extended-dynamic", SHORT, edit="runtime-extended", dynamic_batch=True),
    Export("eager-runtime-all", SHORT, edit="runtime-all"),
    Export("eager-fused-for-transformers", SHORT, edit="fused-for-transformers", opset=18),
    Export("eager-half-precision", SHORT, change="half-weights", edit="half-precision", tolerance=5e-2),
    Export("eager-without-mask-dynamic", SHORT, change="without-mask", dynamic_batch=True),
    Export("original-eager-opset18-fixed", BASE, head="original"),
    Export("original-eager-opset20-dynamic", SHORT, opset=20, head="original", dynamic_batch=True),
    Export("original-eager-unoptimized-dynamic", SHORT, head="original", dynamic_batch=True, optimize=False),
    Export("original-sdpa-opset18-dynamic", BASE, head="original", dynamic_batch=True, outputs="one", **SDPA),
    Export("original-sdpa-opset23-fixed", BASE, opset=23, head="original", **SDPA),
    Export("original-sdpa-opset23-dynamic", SHORT, opset=23, head="original", dynamic_batch=True, **SDPA),
    Export("sdpa-opset18-fixed", BASE, **SDPA),
    Export("sdpa-opset18-dynamic", shape(labels=519), dynamic_batch=True, outputs="one", **SDPA),
    Export("sdpa-opset19-fixed", shape(blocks=4, width=96, heads=6, mlp=384, labels=1), opset=19, **SDPA),
    Export("sdpa-opset20-dynamic", BASE, opset=20, dynamic_batch=True, **SDPA),
    Export("sdpa-opset21-fixed-24-blocks", shape(blocks=24, labels=2), opset=21, outputs="one", **SDPA),
    Export("sdpa-opset22-dynamic-one-head", shape(blocks=4, width=64, heads=1, mlp=256), opset=22,
           dynamic_batch=True, **SDPA),
    Export("sdpa-opset23-fixed", BASE, opset=23, **SDPA),
    Export("sdpa-opset23-dynamic", shape(labels=519), opset=23, dynamic_batch=True, outputs="one", **SDPA),
    Export("sdpa-opset24-dynamic", shape(blocks=2, width=32, heads=2, mlp=128), opset=24, dynamic_batch=True, **SDPA),
    Export("sdpa-opset25-fixed", SHORT, opset=25, **SDPA),
    Export("sdpa-defaults", BASE, opset=None, external_data=True, outputs="one", **SDPA),
    Export("sdpa-unoptimized-opset18-dynamic", BASE, optimize=False, dynamic_batch=True, **SDPA),
    Export("sdpa-unoptimized-opset18-fixed", SHORT, optimize=False, **SDPA),
    Export("sdpa-unoptimized-opset23-fixed", SHORT, opset=23, optimize=False, **SDPA),
    Export("sdpa-unoptimized-opset23-dynamic", SHORT, opset=23, optimize=False, dynamic_batch=True, **SDPA),
    Export("sdpa-external-data-opset23", shape(labels=519), opset=23, external_data=True, **SDPA),
    Export("sdpa-only-logits-dynamic", BASE, outputs="logits", dynamic_batch=True, **SDPA),
    Export("sdpa-program-dynamic", SHORT, exporter="program", dynamic_batch=True, **SDPA),
    Export("sdpa-program-opset23", BASE, opset=23, exporter="program", outputs="one", **SDPA),
    Export("sdpa-linear-head-opset23", shape(blocks=4, labels=2), opset=23, head="linear", **SDPA),
    Export("sdpa-norm-linear-head-dynamic", shape(labels=2), head="norm-linear", dynamic_batch=True, **SDPA),
    Export("sdpa-older-opset17-dynamic", SHORT, opset=17, exporter="older", dynamic_batch=True, **SDPA),
    Export("sdpa-older-opset18", SHORT, exporter="older", **SDPA),
    Export("sdpa-functions-opset23", SHORT, opset=23, edit="functions", **SDPA),
    Export("sdpa-runtime-basic", SHORT, edit="runtime-basic", **SDPA),
    Export("sdpa-runtime-extended", SHORT, edit="runtime-extended", **SDPA),
    Export("sdpa-runtime-extended-opset23", SHORT, opset=23, edit="runtime-extended", **SDPA),
    Export("sdpa-without-mask-opset18-dynamic", SHORT, change="without-mask", dynamic_batch=True, **SDPA),
    Export("sdpa-without-mask-opset23", BASE, opset=23, change="without-mask", **SDPA),
    Export("sdpa-without-mask-functions-opset23", SHORT, opset=23, change="without-mask", edit="functions", **SDPA),
    Export("sdpa-score-mode-opset23", SHORT, opset=23, edit="attention-score-mode", **SDPA),
)

TINY_EXPORTS = tuple(replace(export, folder="tiny", edit=f"{export.edit} without-metadata".strip()) for export in (
    Export("tiny-eager-opset18-dynamic", TINY, dynamic_batch=True),
    Export("tiny-sdpa-opset18", TINY, **SDPA),
    Export("tiny-sdpa-opset23", TINY, opset=23, **SDPA),
    Export("tiny-sdpa-opset23-dynamic", TINY, opset=23, dynamic_batch=True, **SDPA),
    Export("tiny-eager-unoptimized", TINY, optimize=False),
    Export("tiny-sdpa-unoptimized-dynamic", TINY, optimize=False, dynamic_batch=True, **SDPA),
    Export("tiny-eager-external-data", TINY, external_data=True),
    Export("tiny-eager-functions", TINY, opset=20, edit="functions"),
    Export("tiny-sdpa-functions", TINY, opset=23, edit="functions", **SDPA),
    Export("tiny-eager-runtime-extended", TINY, edit="runtime-extended"),
    Export("tiny-original-sdpa-opset18-dynamic", TINY, head="original", dynamic_batch=True, **SDPA),
))


def refused(name, differs, **settings):
    return Export(f"refused-{name}", SHORT, differs=differs, **settings)


REFUSED = (
    refused("tanh-gelu", "block 2: GELU by tanh, written out", change="tanh-gelu"),
    refused("tanh-gelu-opset20", "block 2: Gelu with approximate=tanh", change="tanh-gelu", opset=20),
    refused("new-gelu", "block 2: GELU by tanh in Transformers' own terms (Pow)", change="new-gelu"),
    refused("quick-gelu", "block 2: x sigmoid(1.702 x)", change="quick-gelu"),
    refused("relu", "block 2: Relu in place of GELU", change="relu"),
    refused("missing-norm", "block 2: no norm before the MLP", change="missing-norm"),
    refused("missing-final-norm", "no norm after the last block", change="missing-final-norm"),
    refused("rms-norm-opset18", "block 2: RMS norm, written out, before attention", change="rms-norm"),
    refused("rms-norm-opset23", "block 2: RMSNormalization before attention", change="rms-norm", opset=23),
    refused("simplified-norm", "block 2: SimplifiedLayerNormalization", edit="simplified-norm"),
    refused("scale-eager", "block 2: attention scale halved", change="other-scale"),
    refused("scale-sdpa-opset18", "block 2: attention scale halved", change="other-scale", **SDPA),
    refused("scale-sdpa-opset23", "block 2: Attention with scale halved", change="other-scale", opset=23, **SDPA),
    refused("causal-eager", "block 2: a triangular mask added to the scores", change="causal-mask"),
    refused("causal-sdpa-opset18", "block 2: causal attention, written out", change="causal", **SDPA),
    refused("causal-sdpa-opset23", "block 2: Attention is causal", change="causal", opset=23, **SDPA),
    refused("softmax-axis", "block 2: Softmax over queries", change="other-softmax-axis"),
    refused("softcap-eager", "block 2: 30 tanh(scores / 30)", change="soft-cap"),
    refused("missing-skip", "block 2: nothing added after attention", change="missing-skip"),
    refused("dropout-exported", "block 2: dropout left on by the exporter", change="dropout",
            differs_when_run=False),
    refused("dropout-older", "block 2: dropout left on by the older exporter", change="dropout", exporter="older",
            options=(("training", "PRESERVE"),), differs_when_run=False),
    refused("dropout", "block 2: Dropout with training_mode true after Softmax", edit="dropout-in-training",
            differs_when_run=False),
    refused("attention-causal", "block 2: Attention with is_causal=1", edit="attention-causal", opset=23, **SDPA),
    refused("attention-softcap", "block 2: Attention with softcap=30", edit="attention-softcap", opset=23, **SDPA),
    refused("attention-scale", "block 2: Attention with scale=0.1", edit="attention-scale", opset=23, **SDPA),
    refused("attention-mask", "block 2: Attention with a mask of numbers", edit="attention-mask", opset=23, **SDPA),
    refused("attention-bool-mask", "block 2: Attention with a mask not all true", edit="attention-bool-mask", opset=23,
            **SDPA),
)

EXPORTS = (*WANTED, *TINY_EXPORTS, *REFUSED)
