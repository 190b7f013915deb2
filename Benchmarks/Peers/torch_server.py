"""PyTorch on a weight file that maest-convert wrote, in single precision, with fused attention. See protocol.py.

    torch_server.py --model weights.safetensors --patches patches.npy --threads 2
"""

import numpy
import torch
from safetensors import safe_open
from torch.nn import functional

from protocol import Engine, answers_only_on_stdout, output_names, parse_arguments, serve


class Network:
    """MAEST's forward pass with PyTorch's own operations; the names are the weight file's."""

    def __init__(self, path):
        with safe_open(path, framework="pt") as file:
            self.facts = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        # PyTorch's layers have their weights as [output, input].
        self.tensors = {name: tensor.T.contiguous() if name.endswith(".weight") else tensor
                        for name, tensor in tensors.items()}
        self.block_count = int(self.facts["block_count"])

    def __call__(self, patch, deepest):
        """patch [frame, band] -> the outputs [token, embedding] of the blocks up to `deepest`."""
        tokens, layers = self.embed(patch), []
        for block in range(deepest):
            tokens = self.block(tokens, f"blocks.{block}.")
            layers.append(tokens)
        return layers

    def embed(self, patch):
        """[token, embedding]: CLS, DIST, the grid with frequency outermost."""
        bands, frames, *stride = (int(self.facts[f"convolution.{name}"]) for name in (
            "kernel_bands", "kernel_frames", "band_stride", "frame_stride"))
        kernel = self.tensors["patchEmbedding.weight"].reshape(-1, 1, bands, frames)
        grid = functional.conv2d(patch.T[None, None], kernel, self.tensors["patchEmbedding.bias"], stride)
        leading = torch.stack([self.tensors["tokens.class"], self.tensors["tokens.distillation"]])
        return torch.cat([leading, grid[0].flatten(1).T]) + self.tensors["positionEmbedding"]

    def block(self, tokens, prefix):
        tokens = tokens + self.attend(self.norm(tokens, prefix + "attentionNorm"), prefix + "attention.")
        hidden = self.norm(tokens, prefix + "feedForwardNorm")
        hidden = functional.gelu(self.dense(hidden, prefix + "feedForward.expansion"))
        return tokens + self.dense(hidden, prefix + "feedForward.contraction")

    def attend(self, tokens, prefix):
        heads = int(self.facts["head_count"])
        query, key, value = (
            self.dense(tokens, prefix + name).unflatten(1, (heads, -1)).transpose(0, 1)[None]
            for name in ("query", "key", "value"))
        context = functional.scaled_dot_product_attention(
            query, key, value, scale=float(self.facts["attention_scale"]))
        return self.dense(context[0].transpose(0, 1).flatten(1), prefix + "output")

    def read_out(self, tokens):
        """The logits [label]."""
        pooled = self.norm(tokens[:2], "finalNorm", "final_norm_epsilon").mean(0, keepdim=True)
        if self.facts["head_norm_epsilon"] != "none":
            pooled = self.norm(pooled, "head.norm", "head_norm_epsilon")
        return self.dense(pooled, "head.dense")[0]

    def norm(self, tokens, name, epsilon="block_norm_epsilon"):
        scale, bias = self.tensors[name + ".scale"], self.tensors[name + ".bias"]
        return functional.layer_norm(tokens, scale.shape, scale, bias, float(self.facts[epsilon]))

    def dense(self, tokens, name):
        return functional.linear(tokens, self.tensors[name + ".weight"], self.tensors[name + ".bias"])


class Torch(Engine):
    name = "PyTorch"

    def __init__(self, path, threads):
        torch.set_num_threads(threads)
        self.network = Network(path)

    def facts(self):
        return {"torch": torch.__version__}

    def run(self, patch, taps):
        count = self.network.block_count
        names = output_names(taps, count)
        wants_logits = "logits" in names
        layers_wanted = [int(name.removeprefix("layer-")) for name in names if name.startswith("layer-")]
        with torch.inference_mode():
            layers = self.network(torch.from_numpy(patch), count if wants_logits else max(layers_wanted))
            outputs = {f"layer-{layer}": layers[layer - 1].numpy() for layer in layers_wanted}
            if wants_logits:
                logits = self.network.read_out(layers[-1])
                outputs |= {"logits": logits.numpy(), "activations": logits.sigmoid().numpy()}
        return outputs


def main():
    arguments = parse_arguments(__doc__)
    answers = answers_only_on_stdout()
    engine = Torch(arguments.model, arguments.threads)
    serve(engine, numpy.load(arguments.patches), answers)


if __name__ == "__main__":
    main()
