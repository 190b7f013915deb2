"""The PyTorch modules that modern_exports.py exports: AST in MAEST's shape, and models that are almost that.

Transformers 5 is needed here (layers `q_proj`, `k_proj`, `v_proj`, `o_proj`); make_graph.py has an older one.
"""

from copy import copy

import numpy
import torch
from torch import nn
from transformers import ASTForAudioClassification, ASTModel
from transformers.activations import ACT2FN
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from original_model import Attention, OriginalModel
from random_model import configuration, random_weights

NAMES_OF_SPREAD = {"q_proj": "query", "k_proj": "key"}
DROPOUT = 0.1


class EveryOutput(nn.Module):
    """Returns logits, activations, and the outputs of the wanted blocks, which are counted from 0."""

    def __init__(self, model, wanted):
        super().__init__()
        self.m = model
        self.wanted = wanted
        self.activation = nn.Sigmoid()

    def forward(self, melspectrogram):
        result = self.m(melspectrogram, output_hidden_states=bool(self.wanted))
        blocks = [result.hidden_states[block + 1] for block in self.wanted]
        return (result.logits, self.activation(result.logits), *blocks)


class OnlyLogits(nn.Module):
    """Returns logits, as Hugging Face's own exporters do."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def forward(self, melspectrogram):
        return self.m(melspectrogram).logits


class Result:
    """What of Hugging Face's result the wrappers read."""

    def __init__(self, logits, hidden_states):
        self.logits = logits
        self.hidden_states = hidden_states


class FineTuned(nn.Module):
    """ASTModel with a head of one's own on its pooled output, the mean of CLS and DIST after the final norm."""

    def __init__(self, settings, head):
        super().__init__()
        self.audio_spectrogram_transformer = ASTModel(settings)
        self.head = head

    def forward(self, melspectrogram, output_hidden_states=False):
        result = self.audio_spectrogram_transformer(melspectrogram, output_hidden_states=output_hidden_states)
        return Result(self.head(result.pooler_output), result.hidden_states)


class Original(OriginalModel):
    """MAEST's own form, with the sizes' plain attention or PyTorch's fused one, as timm has it."""

    def __init__(self, shape, fused):
        super().__init__(shape)
        if fused:
            for block in self.blocks:
                block.attn = FusedAttention(shape.width, shape.heads)

    def forward(self, melspectrogram, output_hidden_states=False):
        logits, block_outputs = super().forward(melspectrogram)
        return Result(logits, (None, *block_outputs))


class FusedAttention(Attention):
    def forward(self, tokens):
        batch, count, width = tokens.shape
        qkv = self.qkv(tokens).reshape(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return self.proj(mixed.transpose(1, 2).reshape(batch, count, width))


def make_model(export, seed):
    """The export's model in evaluation mode; the same export and seed give the same weights bit for bit."""
    settings = configuration(export.shape)
    settings.frequency_stride = settings.time_stride = export.stride
    settings._attn_implementation = export.attention
    model = with_head(export, settings).eval()
    set_random_weights(model, seed)
    if export.change:
        CHANGES[export.change](model)
    return model


def with_head(export, settings):
    width, labels = export.shape.width, export.shape.labels
    if export.head == "original":
        return Original(export.shape, fused=export.attention == "sdpa")
    if export.head == "linear":
        return FineTuned(settings, nn.Linear(width, labels))
    if export.head == "norm-linear":
        return FineTuned(settings, nn.Sequential(nn.LayerNorm(width), nn.Linear(width, labels)))
    return ASTForAudioClassification(settings)


def set_random_weights(model, seed):
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            for part, known in NAMES_OF_SPREAD.items():
                name = name.replace(f".{part}.", f".{known}.")
            parameter.copy_(torch.from_numpy(random_weights(generator, name, tuple(parameter.shape))))


def blocks_of(model):
    return model.blocks if isinstance(model, OriginalModel) else model.audio_spectrogram_transformer.layers


def layer(model, number):
    """Block `number`, counted from 1."""
    return blocks_of(model)[number - 1]


def expected_numbers(model, x):
    """What eager PyTorch computes: x, logits, act and h1 ..., every block's output as hooks on the blocks see it."""
    outputs = []
    hooks = [block.register_forward_hook(lambda _, __, output: outputs.append(output))
             for block in blocks_of(model)]
    with torch.no_grad():
        logits = model(x).logits
    for hook in hooks:
        hook.remove()
    numbers = {"x": x, "logits": logits, "act": torch.sigmoid(logits)}
    numbers.update({f"h{number}": output for number, output in enumerate(outputs, 1)})
    return {name: value.float().numpy() for name, value in numbers.items()}


# Changes. Each makes one block, or what is said, differ from MAEST.

def half_weights(model):
    """Rounds the weights to half precision; the model still computes in single."""
    model.half().float()


def tanh_gelu(model):
    layer(model, 2).mlp.activation_fn = ACT2FN["gelu_pytorch_tanh"]


def new_gelu(model):
    layer(model, 2).mlp.activation_fn = ACT2FN["gelu_new"]


def quick_gelu(model):
    layer(model, 2).mlp.activation_fn = ACT2FN["quick_gelu"]


def relu(model):
    layer(model, 2).mlp.activation_fn = nn.ReLU()


def missing_norm(model):
    layer(model, 2).layernorm_after = nn.Identity()


def missing_final_norm(model):
    model.audio_spectrogram_transformer.layernorm = nn.Identity()


def rms_norm(model):
    settings = model.audio_spectrogram_transformer.config
    norm = nn.RMSNorm(settings.hidden_size, eps=settings.layer_norm_eps)
    norm.weight = layer(model, 2).layernorm_before.weight
    layer(model, 2).layernorm_before = norm


def other_scale(model):
    layer(model, 2).attention.scaling *= 0.5


def without_mask(model):
    """Every block without the mask, all true, that Transformers 5 gives to an exported model's attention."""
    eager = model.audio_spectrogram_transformer.config._attn_implementation == "eager"
    for number in range(1, len(blocks_of(model)) + 1):
        use_attention(model, "reference_eager" if eager else "reference_sdpa", number)


def causal(model):
    use_attention(model, "reference_causal_sdpa")


def causal_mask(model):
    use_attention(model, "reference_causal_mask")


def other_softmax_axis(model):
    use_attention(model, "reference_softmax_over_queries")


def soft_cap(model):
    use_attention(model, "reference_soft_cap")


def dropout(model):
    """Leaves block 2's dropout on, as an export in training mode does."""
    layer(model, 2).dropout = nn.Dropout(DROPOUT).train()


def missing_skip(model):
    block = layer(model, 2)
    block.forward = lambda tokens, *_, **__: tokens + block.mlp(
        block.layernorm_after(block.attention(block.layernorm_before(tokens))[0]))


def use_attention(model, name, number=2):
    """Gives a block an attention of its own, registered under `name`."""
    attention = layer(model, number).attention
    attention.config = copy(attention.config)
    attention.config._attn_implementation = name


def attention_function(change_scores=lambda scores: scores, axis=-1):
    def attend(module, query, key, value, attention_mask, scaling, **_):
        scores = change_scores(query @ key.transpose(2, 3) * scaling)
        weights = scores.softmax(dim=axis)
        return (weights @ value).transpose(1, 2).contiguous(), weights
    return attend


def fused_attention_function(**options):
    def attend(module, query, key, value, attention_mask, scaling, **_):
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, scale=scaling, **options)
        return mixed.transpose(1, 2).contiguous(), None
    return attend


def hide_later_tokens(scores):
    count = scores.shape[-1]
    return scores + torch.triu(torch.full((count, count), -1e9), diagonal=1)


ALL_ATTENTION_FUNCTIONS.register("reference_eager", attention_function())
ALL_ATTENTION_FUNCTIONS.register("reference_sdpa", fused_attention_function())
ALL_ATTENTION_FUNCTIONS.register("reference_causal_sdpa", fused_attention_function(is_causal=True))
ALL_ATTENTION_FUNCTIONS.register("reference_causal_mask", attention_function(hide_later_tokens))
ALL_ATTENTION_FUNCTIONS.register("reference_softmax_over_queries", attention_function(axis=-2))
ALL_ATTENTION_FUNCTIONS.register(
    "reference_soft_cap", attention_function(lambda scores: 30 * torch.tanh(scores / 30)))

CHANGES = {function.__name__.replace("_", "-"): function for function in (
    half_weights, tanh_gelu, new_gelu, quick_gelu, relu, missing_norm, missing_final_norm, rms_norm, other_scale,
    without_mask, causal, causal_mask, other_softmax_axis, soft_cap, dropout, missing_skip)}
