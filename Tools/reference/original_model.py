"""MAEST as a plain PyTorch module, with the tensor names of its original weights.

It computes what the Hugging Face form computes, differently: one fused layer
makes queries, keys and values, the position embedding is a sum of a part along
time and a part along frequency, and the head's norm has PyTorch's own epsilon.
"""

import torch
from torch import nn

from model_shape import LAYER_NORM_EPSILON, PATCH_SIDE, PATCH_STRIDE


class OriginalModel(nn.Module):
    """Log-mel [batch, time, mel] -> (logits [batch, label], list of every block's output)."""

    def __init__(self, shape):
        super().__init__()
        width = shape.width
        self.cls_token = nn.Parameter(torch.empty(1, 1, width))
        self.dist_token = nn.Parameter(torch.empty(1, 1, width))
        self.new_pos_embed = nn.Parameter(torch.empty(1, 2, width))
        self.freq_new_pos_embed = nn.Parameter(torch.empty(1, width, shape.patches_along_frequency, 1))
        self.time_new_pos_embed = nn.Parameter(torch.empty(1, width, 1, shape.patches_along_time))
        self.patch_embed = PatchEmbedding(width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, shape.labels))

    def forward(self, melspectrogram):
        tokens = self.embedding(melspectrogram)
        block_outputs = []
        for block in self.blocks:
            tokens = block(tokens)
            block_outputs.append(tokens)
        tokens = self.norm(tokens)
        return self.head((tokens[:, 0] + tokens[:, 1]) / 2), block_outputs

    def embedding(self, melspectrogram):
        """[batch, 2 + frequency * time, width]: CLS, DIST, then the patches, frequency-major."""
        grid = self.patch_embed(melspectrogram.transpose(1, 2).unsqueeze(1))
        grid = grid + self.time_new_pos_embed
        grid = grid + self.freq_new_pos_embed
        patches = grid.flatten(2).transpose(1, 2)
        batch = patches.shape[0]
        cls_token = self.cls_token.expand(batch, -1, -1) + self.new_pos_embed[:, :1]
        dist_token = self.dist_token.expand(batch, -1, -1) + self.new_pos_embed[:, 1:]
        return torch.cat((cls_token, dist_token, patches), dim=1)


class PatchEmbedding(nn.Module):
    """[batch, 1, mel, time] -> [batch, width, frequency, time], a position for each patch."""

    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(1, width, kernel_size=PATCH_SIDE, stride=PATCH_STRIDE)

    def forward(self, image):
        return self.proj(image)


class Block(nn.Module):
    """One pre-norm transformer block."""

    def __init__(self, shape):
        super().__init__()
        self.norm1 = nn.LayerNorm(shape.width, eps=LAYER_NORM_EPSILON)
        self.attn = Attention(shape.width, shape.heads)
        self.norm2 = nn.LayerNorm(shape.width, eps=LAYER_NORM_EPSILON)
        self.mlp = Perceptron(shape.width, shape.mlp)

    def forward(self, tokens):
        tokens = tokens + self.attn(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class Attention(nn.Module):
    """Self-attention; rows of `qkv` are queries, keys and values, each head by head."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens):
        batch, count, width = tokens.shape
        qkv = self.qkv(tokens).reshape(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv[0], qkv[1], qkv[2]
        scores = (query @ key.transpose(-2, -1)) * self.scale
        mixed = scores.softmax(dim=-1) @ value
        return self.proj(mixed.transpose(1, 2).reshape(batch, count, width))


class Perceptron(nn.Module):
    """Two dense layers with the exact GELU between."""

    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, tokens):
        return self.fc2(self.act(self.fc1(tokens)))
