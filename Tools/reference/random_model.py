"""A Hugging Face AST classifier in MAEST's shape with seeded random weights."""

import math

import numpy
import torch
from transformers import ASTConfig, ASTForAudioClassification

from model_shape import LAYER_NORM_EPSILON, MEL_BANDS, PATCH_SIDE, PATCH_STRIDE
from original_model import OriginalModel


def random_model(form, shape, seed):
    """The model in evaluation mode; the same form and seed give the same weights bit for bit."""
    model = empty_model(form, shape).eval()
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            parameter.copy_(torch.from_numpy(random_weights(generator, name, tuple(parameter.shape))))
    return model


def empty_model(form, shape):
    if form == "original":
        return OriginalModel(shape)
    return ASTForAudioClassification(configuration(shape))


def configuration(shape):
    return ASTConfig(
        hidden_size=shape.width,
        num_hidden_layers=shape.blocks,
        num_attention_heads=shape.heads,
        intermediate_size=shape.mlp,
        num_labels=shape.labels,
        num_mel_bins=MEL_BANDS,
        max_length=shape.frames,
        patch_size=PATCH_SIDE,
        frequency_stride=PATCH_STRIDE,
        time_stride=PATCH_STRIDE,
        layer_norm_eps=LAYER_NORM_EPSILON,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )


def random_weights(generator, name, shape):
    """Normal weights around `center` with the deviation that keeps every stage lively."""
    center, deviation = spread(name, shape)
    values = generator.standard_normal(shape, dtype=numpy.float32)
    return numpy.float32(center) + numpy.float32(deviation) * values


def spread(name, shape):
    """(center, deviation) of one parameter.

    The names are either form's. Queries and keys are a little larger than 1 / sqrt(fan in), so that attention
    scores have a deviation of about 2 and some tokens win; logits come out with a
    deviation of about 1, so that no activation is saturated.
    """
    if "norm" in name or name.startswith("head.0."):
        return (1.0, 0.2) if name.endswith("weight") else (0.0, 0.2)
    if name.endswith(("cls_token", "distillation_token", "dist_token")):
        return 0.0, 1.0
    if name.endswith(("position_embeddings", "new_pos_embed")):
        return 0.0, 0.5
    if name.endswith("bias"):
        return 0.0, 0.1
    gain = 1.4 if any(part in name for part in (".query.", ".key.", ".qkv.")) else 1.0
    fan_in = math.prod(shape[1:])
    return 0.0, gain / math.sqrt(fan_in)
