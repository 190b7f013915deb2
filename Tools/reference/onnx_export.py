"""PyTorch model -> ONNX, opset 12, with logits, every block's output and activations."""

import onnx
import torch

from model_shape import MEL_BANDS
from original_model import OriginalModel

OPSET = 12
INPUT_NAME = "melspectrogram"


class EveryOutput(torch.nn.Module):
    """Returns logits, the output of each block in order, and activations, of either form."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def forward(self, melspectrogram):
        logits, block_outputs = self.logits_and_blocks(melspectrogram)
        return (logits, *block_outputs, torch.sigmoid(logits))

    def logits_and_blocks(self, melspectrogram):
        if isinstance(self.m, OriginalModel):
            return self.m(melspectrogram)
        result = self.m(melspectrogram, output_hidden_states=True)
        return result.logits, result.hidden_states[1:]


def export_onnx(model, shape, path):
    """Writes the flat style's .onnx: logits, layer_00_embeddings ..., activations."""
    names = ["logits", *(f"layer_{index:02d}_embeddings" for index in range(shape.blocks)), "activations"]
    torch.onnx.export(
        EveryOutput(model).eval(),
        torch.zeros(1, shape.frames, MEL_BANDS),
        str(path),
        opset_version=OPSET,
        input_names=[INPUT_NAME],
        output_names=names,
    )
    onnx.checker.check_model(str(path))


def with_function_style_names(model):
    """The same ONNX model with the outputs' names that the function style was made with."""
    renamed = onnx.ModelProto()
    renamed.CopyFrom(model)
    names = {
        f"layer_{index:02d}_embeddings": f"layer_{index}_tokens"
        for index in range(len(model.graph.output) - 2)
    }
    for value in renamed.graph.output:
        value.name = names.get(value.name, value.name)
    for node in renamed.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    return renamed


def output_names(model):
    return [value.name for value in model.graph.output]
