"""Export: trained weights to int8 ONNX per channel, with a check that it decides as they do."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.network import Network

logger = logging.getLogger(__name__)
OPSET = 17


class OneText(nn.Module):
    """The network for one window without padding, as it runs in the package."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Give outputs (rows, 86) and meanings (rows, 384) of ids (rows, tokens)."""
        return self.network(ids, torch.ones_like(ids, dtype=torch.float32))


def export(weights: Path, target: Path) -> Path:
    """Write `network.onnx` (int8) to `target`, and the fp32 twin beside the weights."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network = Network()
    network.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    network.eval()
    plain = weights.parent / "fp32.onnx"
    torch.onnx.export(
        OneText(network),
        (torch.randint(1000, 20000, (2, 16)),),
        str(plain),
        input_names=["ids"],
        output_names=["outputs", "meaning"],
        dynamic_axes={name: {0: "rows"} for name in ("outputs", "meaning")}
        | {"ids": {0: "rows", 1: "tokens"}},
        opset_version=OPSET,
        dynamo=False,
    )
    target.mkdir(parents=True, exist_ok=True)
    quantize_dynamic(
        plain,
        target / "network.onnx",
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )
    return target / "network.onnx"


def onnx_outputs(
    path: Path, ids: Sequence[Sequence[int]]
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], ...]:
    """Run an exported network text by text; give outputs (n, 86) and meanings (n, 384)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    answers = [session.run(None, {"ids": np.array([row], dtype=np.int64)}) for row in ids]
    return (
        np.concatenate([answer[0] for answer in answers]),
        np.concatenate([answer[1] for answer in answers]),
    )
