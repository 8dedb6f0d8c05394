#!/usr/bin/env python3
"""lenet.py - the same LeNet in PyTorch and in convlet, and their losses.

    lenet.py [CONVLET [STEPS]]

CONVLET is the program (convlet), STEPS how many updates (120). Both begin with
PyTorch's weights and take the same handwritten digits in the same order, so the
two columns are one run, computed twice; they part in float32's last digits, as
sums are made in another order. Status 1 where they part by more than a
thousandth, 77 without PyTorch.
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from torch import nn
except ImportError:
    print("skipped: PyTorch is not here")
    sys.exit(77)

CONVLET = sys.argv[1] if len(sys.argv) > 1 else "convlet"
STEPS = int(sys.argv[2]) if len(sys.argv) > 2 else 120
BATCH, RATE = 32, 0.001
DIGITS = pathlib.Path(__file__).resolve().parent.parent / "digits"

torch.manual_seed(0)  # of the weights that both start with
# LeNet-5 for pictures of 8 x 8 instead of 28 x 28: with smaller kernels.
NET = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 120, 2), nn.ReLU(),
    nn.Conv2d(120, 84, 1), nn.ReLU(),
    nn.Conv2d(84, 10, 1),
)  # dense layers as convolutions, so that both call their weights alike
SPEC = ("conv 6 3x3 padding=1, relu, maxpool 2, "
        "conv 16 3x3 padding=1, relu, maxpool 2, "
        "dense 120, relu, dense 84, relu, dense 10")


def read_idx(path):
    """An array of bytes, as MNIST's files have it."""
    data = path.read_bytes()
    shape = struct.unpack(">%dI" % data[3], data[4:4 + 4 * data[3]])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def write_safetensors(path, tensors):
    header, body = {}, b""
    for name, tensor in tensors.items():
        data = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def train_torch(order):
    images = torch.tensor(read_idx(DIGITS / "images.idx")[:, None] / 16.0,
                          dtype=torch.float32)
    labels = torch.tensor(read_idx(DIGITS / "labels.idx").astype(np.int64))
    optimizer = torch.optim.Adam(NET.parameters(), RATE)
    for samples in order:
        loss = nn.functional.cross_entropy(NET(images[samples]).flatten(1),
                                           labels[samples])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


def train_convlet(folder):
    lines = subprocess.run(
        [CONVLET, "train", "--quiet", "--data", "digits", "--hold-out", "none",
         "--net", SPEC,
         "--init", folder / "start.safetensors", "--order", folder / "order.npy",
         "--optimizer", "adam", "--lr", str(RATE), "--log-every", "1"],
        check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [float(line.split(",loss:")[1]) for line in lines]


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    order = np.random.RandomState(0).randint(0, 1797, (STEPS, BATCH))
    np.save(folder / "order.npy", order)
    write_safetensors(folder / "start.safetensors", NET.state_dict())
    convlet = train_convlet(folder)
torch_losses = list(train_torch(order))
print("step     PyTorch     convlet")
for step, pair in enumerate(zip(torch_losses, convlet)):
    print("%4d  %10.6f  %10.6f" % (step, *pair))
apart = max(abs(a - b) for a, b in zip(torch_losses, convlet))
print("at most %.1e apart" % apart)
sys.exit(len(convlet) != STEPS or apart > 1e-3)
