"""Trains a MAEST-shaped model on pools of mel bands, with most of the patches left out while it learns."""

import math
import time
from dataclasses import dataclass

import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from random_model import configuration
from transformers import ASTForAudioClassification

SPECIAL_TOKENS = 2


@dataclass(frozen=True)
class Phase:
    """Steps of training with `tokens` patches of each example, drawn anew each time (PaSST's patchout)."""

    steps: int
    tokens: int
    batch: int


@dataclass(frozen=True)
class Recipe:
    phases: tuple
    learning_rate: float = 2e-3
    warmup: int = 60
    weight_decay: float = 0.05
    # Examples in which one sound gives way to another, with the labels of both.
    spliced: float = 0.25

    @property
    def steps(self):
        return sum(phase.steps for phase in self.phases)


RECIPE = Recipe(phases=(Phase(450, 56, 64), Phase(100, 140, 64), Phase(20, 279, 32)))


def new_model(shape, seed):
    """The Hugging Face form with weights to begin with: sine and cosine positions, logits that say no."""
    torch.manual_seed(seed)
    chosen = configuration(shape)
    chosen._attn_implementation = "sdpa"
    model = ASTForAudioClassification(chosen)
    residual = 1 / math.sqrt(2 * shape.blocks)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim >= 2 and name.endswith("weight"):
                gain = residual if "output.dense" in name else 1
                weight.normal_(0, gain / math.sqrt(weight[0].numel()))
        embeddings = model.audio_spectrogram_transformer.embeddings
        embeddings.position_embeddings.copy_(positions(shape))
        for token in (embeddings.cls_token, embeddings.distillation_token):
            token.normal_(0, 0.5)
        model.classifier.dense.bias.fill_(-math.log(shape.labels - 1))
    return model


def positions(shape):
    """[1, token, width]: half of the width tells the frequency, half the time; nothing for CLS and DIST."""
    half = shape.width // 2
    frequency = waves(shape.patches_along_frequency, half)[:, None].expand(-1, shape.patches_along_time, -1)
    moment = waves(shape.patches_along_time, half)[None].expand(shape.patches_along_frequency, -1, -1)
    grid = torch.cat([frequency, moment], dim=-1).reshape(-1, shape.width)
    return 0.5 * torch.cat([torch.zeros(SPECIAL_TOKENS, shape.width), grid])[None]


def waves(count, width):
    rates = math.pi / 2 ** torch.linspace(0, math.log2(2 * count), width // 2)
    angles = torch.arange(count)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def logits(model, bands, kept=None):
    """[batch, frame, band] -> [batch, label]; `kept` [batch, token] are the patches that are looked at."""
    network = model.audio_spectrogram_transformer
    tokens = network.embeddings(bands)
    if kept is not None:
        special = tokens[:, :SPECIAL_TOKENS]
        index = (kept + SPECIAL_TOKENS)[..., None].expand(-1, -1, tokens.shape[-1])
        tokens = torch.cat([special, tokens.gather(1, index)], dim=1)
    for block in network.encoder.layer:
        tokens = block(tokens)[0]
    tokens = network.layernorm(tokens)
    return model.classifier((tokens[:, 0] + tokens[:, 1]) / 2)


class Batches:
    """Random crops out of a pool of mel bands [example, frame, band]; some are two sounds one after the other."""

    def __init__(self, pool, labels, label_count, frames, seed):
        self.pool, self.labels, self.label_count, self.frames = pool, labels, label_count, frames
        self.random = numpy.random.default_rng(seed)

    def crop(self, example):
        start = self.random.integers(self.pool.shape[1] - self.frames + 1)
        return self.pool[example, start:start + self.frames]

    def draw(self, count, spliced):
        """(bands [count, frame, band], targets [count, label])"""
        bands = numpy.empty((count, self.frames, self.pool.shape[2]), dtype=numpy.float32)
        targets = numpy.zeros((count, self.label_count), dtype=numpy.float32)
        for place in range(count):
            first, second = self.random.integers(len(self.pool), size=2)
            bands[place] = self.crop(first)
            targets[place, self.labels[first]] = 1
            if self.random.random() < spliced:
                change = int(self.frames * self.random.uniform(0.2, 0.8))
                bands[place, change:] = self.crop(second)[change:]
                targets[place, self.labels[second]] = 1
        return torch.from_numpy(bands), torch.from_numpy(targets)


def train(model, batches, recipe, seed, report):
    """Trains in place. The same seed, pool and number of threads give the same weights."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(parameter_groups(model, recipe.weight_decay), lr=recipe.learning_rate,
                                  betas=(0.9, 0.98))
    patches = model.audio_spectrogram_transformer.embeddings.position_embeddings.shape[1] - SPECIAL_TOKENS
    step, begin = 0, time.monotonic()
    model.train()
    for phase in recipe.phases:
        for _ in range(phase.steps):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(recipe, step)
            bands, targets = batches.draw(phase.batch, recipe.spliced)
            kept = None
            if phase.tokens < patches:
                kept = torch.rand(phase.batch, patches, generator=generator).topk(phase.tokens).indices
            loss = binary_cross_entropy_with_logits(logits(model, bands, kept), targets, reduction="sum") / len(bands)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            if step % 50 == 0:
                report(f"step {step} of {recipe.steps}, {phase.tokens} patches, loss {loss.item():.3f}, "
                       f"{time.monotonic() - begin:.0f} s")
    model.eval()


def learning_rate(recipe, step):
    """Rises over the warm-up, then falls like half a cosine to nothing."""
    rise = min(1.0, (step + 1) / recipe.warmup)
    return recipe.learning_rate * rise * 0.5 * (1 + math.cos(math.pi * step / recipe.steps))


def parameter_groups(model, weight_decay):
    matrices = [weight for weight in model.parameters() if weight.ndim == 2]
    others = [weight for weight in model.parameters() if weight.ndim != 2]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def activations(model, pool, frames, batch=64):
    """[example, label] of the first `frames` of each example."""
    def part(start):
        bands = pool[start:start + batch, :frames].astype(numpy.float32)
        return torch.sigmoid(logits(model, torch.from_numpy(bands)))

    with torch.no_grad():
        return torch.cat([part(start) for start in range(0, len(pool), batch)]).numpy()
