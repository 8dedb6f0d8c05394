#!/usr/bin/env python3
"""torch_model.py - model files go to PyTorch and come from it.

    torch_model.py make DIR        writes a model made with torch, its input
                                   and its output: tests/golden/torch_model
    torch_model.py check CONVLET   trains with convlet, loads the model file
                                   into torch, and compares the losses

The format is read and written by the few lines below, from its description;
exit status 77 where torch is not installed.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError:
    print("skipped: torch is not here")
    sys.exit(77)


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    body = data[8 + size :]
    kinds = {"F32": np.float32, "F64": np.float64}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(body[begin:end], kinds[entry["dtype"]])
        tensors[name] = torch.tensor(array.reshape(entry["shape"]))
    return tensors, metadata


def write_safetensors(path, tensors):
    header, body = {}, b""
    for name, tensor in tensors.items():
        array = tensor.detach().numpy()
        begin = len(body)
        body += array.tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [begin, len(body)],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def make(folder):
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(4, 2, 3, padding=1, groups=2, bias=False),
    )
    x = torch.randn(2, 3, 9, 8)
    os.makedirs(folder, exist_ok=True)
    write_safetensors(os.path.join(folder, "model.safetensors"), net.state_dict())
    np.save(os.path.join(folder, "x.npy"), x.numpy())
    np.save(os.path.join(folder, "output.npy"), net(x).detach().numpy())


def check(convlet):
    steps = 5
    with tempfile.TemporaryDirectory() as work:
        train = [convlet, "train", "--quiet", "--out", os.path.join(work, "run")]
        subprocess.run(train + ["--steps", str(steps)], check=True, stdout=subprocess.DEVNULL)
        tensors, metadata = read_safetensors(os.path.join(work, "run", "model.safetensors"))
        longer = subprocess.run(
            [convlet, "train", "--quiet", "--steps", str(steps + 1)],
            check=True, capture_output=True, text=True,
        ).stdout
    loss = float(longer.splitlines()[steps].split(",loss:")[1])
    # The run's own data: the first draws of NumPy's stream.
    x = torch.tensor(np.random.RandomState(0).randn(2, 3, 20, 20).astype(np.float32))
    y = torch.nn.functional.conv2d(
        x, tensors["0.weight"], tensors["0.bias"], stride=2, padding=1
    )
    expected = float(((y - 1).double() ** 2).sum() / (2 * 4 * 11))
    print("net %s: loss %.9g in convlet, %.9g in torch" % (metadata["net"], loss, expected))
    if abs(loss - expected) > 1e-6 * expected:
        sys.exit("torch and convlet differ")


if sys.argv[1:2] == ["make"]:
    make(sys.argv[2])
else:
    check(sys.argv[2])
