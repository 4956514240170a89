"""The network: a MiniLM encoder (6 layers, 384 wide) with mean pooling and one linear head.

The forward pass is written out so that the exporter sees plain matrix products only.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.labels import OUTPUTS

WIDTH, LAYERS, HEADS, INNER, POSITIONS, VOCABULARY = 384, 6, 12, 1536, 512, 30522
NORM_EPSILON = 1e-12


class Layer(nn.Module):
    """One transformer layer with the norms after the sums, as BERT has them."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.mix = nn.Linear(WIDTH, 3 * WIDTH)
        self.join = nn.Linear(WIDTH, WIDTH)
        self.join_norm = nn.LayerNorm(WIDTH, eps=NORM_EPSILON)
        self.widen = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)
        self.narrow_norm = nn.LayerNorm(WIDTH, eps=NORM_EPSILON)
        self.dropout = dropout

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Map states (rows, tokens, 384) to states; `bias` is (rows, 1, 1, tokens)."""
        rows, tokens, _ = states.shape
        shape = (rows, tokens, 3, HEADS, WIDTH // HEADS)
        query, key, value = self.mix(states).view(shape).permute(2, 0, 3, 1, 4).unbind(0)
        # Written out: on CPUs its backward pass is twice as fast as the fused attention's.
        scores = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + bias.to(query.dtype)
        heard = torch.softmax(scores, dim=-1) @ value
        heard = heard.transpose(1, 2).reshape(rows, tokens, WIDTH)
        heard = functional.dropout(self.join(heard), self.dropout, self.training)
        states = self.join_norm(states + heard)
        inner = self.narrow(functional.gelu(self.widen(states)))
        return self.narrow_norm(states + functional.dropout(inner, self.dropout, self.training))


class Network(nn.Module):
    """Token ids in, pooled embedding and all head outputs out."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=NORM_EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, OUTPUTS)
        self.meaning = nn.Linear(2 * WIDTH, WIDTH)
        self.dropout = dropout
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read ids and mask (rows, tokens); give outputs (rows, 86) and meaning (rows, 384).

        The meaning is a unit vector that stays near the base model's sentence embedding, while the
        rest of the network turns towards mood; it sees the middle layer, where mood weighs less.
        """
        bias = (1.0 - mask.float())[:, None, None, :] * -1e4
        states = self.words(ids) + self.places.weight[: ids.shape[1]]
        states = functional.dropout(self.norm(states), self.dropout, self.training)
        middle = states
        for number, layer in enumerate(self.layers):
            states = layer(states, bias)
            if number == LAYERS // 2 - 1:
                middle = mean_of(states, mask)
        pooled = mean_of(states, mask)
        both = torch.cat([middle, pooled], dim=1)
        meaning = functional.normalize(self.meaning(both).float(), dim=1)
        return self.head(functional.dropout(pooled, self.dropout, self.training)), meaning


def mean_of(states: Tensor, mask: Tensor) -> Tensor:
    """Average the states (rows, tokens, 384) of the tokens that are there, in fp32."""
    weight = mask.float()[:, :, None]
    return (states.float() * weight).sum(1) / weight.sum(1).clamp(min=1.0)


@torch.no_grad()
def embedding(network: Network, ids: Tensor, mask: Tensor) -> Tensor:
    """Give the pooled last layer as a unit vector: the base model's sentence embedding."""
    bias = (1.0 - mask.float())[:, None, None, :] * -1e4
    states = network.norm(network.words(ids) + network.places.weight[: ids.shape[1]])
    for layer in network.layers:
        states = layer(states, bias)
    return functional.normalize(mean_of(states, mask), dim=1)


def load_base(network: Network, directory: Path) -> None:
    """Fill the encoder with the base weights (safetensors of a BERT model without its head)."""
    from safetensors.torch import load_file

    base = load_file(directory / "model.safetensors")
    base = {name.removeprefix("bert."): value for name, value in base.items()}
    kind = base["embeddings.token_type_embeddings.weight"][0]
    own = {
        "words.weight": base["embeddings.word_embeddings.weight"],
        "places.weight": base["embeddings.position_embeddings.weight"] + kind,
        "norm.weight": base["embeddings.LayerNorm.weight"],
        "norm.bias": base["embeddings.LayerNorm.bias"],
    }
    for number in range(LAYERS):
        theirs, ours = f"encoder.layer.{number}.", f"layers.{number}."
        for end in ("weight", "bias"):
            parts = [
                base[f"{theirs}attention.self.{part}.{end}"] for part in ("query", "key", "value")
            ]
            own[f"{ours}mix.{end}"] = torch.cat(parts)
            own[f"{ours}join.{end}"] = base[f"{theirs}attention.output.dense.{end}"]
            own[f"{ours}join_norm.{end}"] = base[f"{theirs}attention.output.LayerNorm.{end}"]
            own[f"{ours}widen.{end}"] = base[f"{theirs}intermediate.dense.{end}"]
            own[f"{ours}narrow.{end}"] = base[f"{theirs}output.dense.{end}"]
            own[f"{ours}narrow_norm.{end}"] = base[f"{theirs}output.LayerNorm.{end}"]
    missing = network.load_state_dict(own, strict=False).missing_keys
    if {name.split(".")[0] for name in missing} != {"head", "meaning"}:
        raise ValueError(f"the base lacks {missing}")
