"""nets_torch.py - the training step of a net in PyTorch, as one writes it.

    nets_torch.py SETTINGS THREADS SECONDS CONVLET

SETTINGS is a preset of convlet's, or a file of that kind. The net starts as
PyTorch has it, and learns from one batch of random numbers, of the shapes that
the settings ask for. Its first steps must lose what those of CONVLET lose from
the same params. Then the steps are timed as `convlet bench` times its own, and
the shortest and the middle time go to standard output, in microseconds:

    MIN_US  MEDIAN_US
"""
import configparser
import csv
import json
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from peer_torch import clock

CHECKED_STEPS = 10
CLASSES = 10


class Settings:
    """What a preset says, with convlet's defaults."""

    def __init__(self, path):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(path, encoding="ascii")
        self.values = {key: value.strip('"') for section in parser.values()
                       for key, value in section.items()}

    def text(self, key, default=""):
        return self.values.get(key, default)

    def size(self, key, default):
        return int(self.text(key, default))


def make_layer(words, shape):
    """A layer of a net's text, for inputs of a shape, as modules."""
    kind, sizes = words[0], [word for word in words[1:] if "=" not in word]
    keys = dict(word.split("=") for word in words[1:] if "=" in word)
    if kind == "conv":
        high, wide = (int(size) for size in sizes[1].split("x"))
        pad = keys.get("padding", "0")
        pad = ((high - 1) // 2, (wide - 1) // 2) if pad == "same" else int(pad)
        return [nn.Conv2d(shape[1], int(sizes[0]), (high, wide),
                          int(keys.get("stride", "1")), pad)]
    if kind == "dense":
        outputs = CLASSES if sizes[0] == "auto" else int(sizes[0])
        flatten = [nn.Flatten()] if len(shape) > 2 else []
        return flatten + [nn.Linear(int(np.prod(shape[1:])), outputs)]
    if kind == "maxpool":
        return [nn.MaxPool2d(int(sizes[0]))]
    if kind == "shuffle":
        return [nn.PixelShuffle(int(sizes[0]))]
    if kind == "relu":
        return [nn.ReLU()]
    sys.exit("pytorch: no layer here for " + kind)


class Learning:
    """A net, its data, and what a step does with them."""

    def __init__(self, settings):
        self.settings = settings
        self.grows = 1
        self.labelled = settings.text("loss") == "cross-entropy"
        self.x = torch.randn(self.input_shape())
        modules, self.params, y = [], {}, self.x
        for index, text in enumerate(settings.text("net").split(",")):
            with torch.no_grad():
                for module in make_layer(text.split(), y.shape):
                    modules.append(module)
                    y = module(y)
            for name, param in modules[-1].named_parameters():
                self.params["%d.%s" % (index, name)] = param
        self.net = nn.Sequential(*modules)
        self.target = (torch.randint(y.shape[1], y.shape[:1]) if self.labelled
                       else torch.randn(y.shape))
        lr = float(settings.text("lr"))
        kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
        self.optimizer = kinds[settings.text("optimizer")](
            self.net.parameters(), lr=lr)

    def input_shape(self):
        settings = self.settings
        if settings.text("data") == "digits":
            return settings.size("batch-size", 32), 1, 8, 8
        how, _, amount = settings.text("degrade").partition(":")
        if not how:
            return tuple(settings.size(key, 0) for key in
                         ("batch", "channels", "height", "width"))
        side = settings.size("patch", 33)
        if how == "shrink":
            self.grows = int(amount)
        return (settings.size("batch-size", 16),
                1 if settings.text("color") == "y" else 3,
                side // self.grows, side // self.grows)

    def added(self):
        """What a net that learns the difference is added to."""
        if self.grows == 1:
            return self.x
        return F.interpolate(self.x, scale_factor=self.grows, mode="bicubic")

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        y = self.net(self.x)
        if self.settings.text("residual") == "true":
            y = y + self.added()
        loss = (F.cross_entropy if self.labelled else F.mse_loss)(
            y, self.target)
        loss.backward()
        self.optimizer.step()
        return loss


def save_params(path, params):
    """As a file of safetensors: a header, and the numbers behind it."""
    header, data = {}, b""
    for name, param in params.items():
        start = len(data)
        data += param.detach().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(param.shape),
                        "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def losses_of_convlet(convlet, learning, folder):
    """What its first steps lose, from here and on the same batch."""
    settings = learning.settings
    x, target = folder + "/x.npy", folder + "/target.npy"
    np.save(x, learning.x.numpy())
    save_params(folder + "/start.safetensors", learning.params)
    command = [convlet, "train", "--net", settings.text("net"),
               "--init", folder + "/start.safetensors",
               "--optimizer", settings.text("optimizer"),
               "--lr", settings.text("lr"), "--reduction", "mean",
               "--steps", str(CHECKED_STEPS), "--log", "csv",
               "--log-every", "1", "--quiet"]
    if learning.labelled:
        batch = len(learning.x)
        order = np.tile(np.arange(batch), (CHECKED_STEPS, 1))
        np.save(target, learning.target.numpy().astype(np.uint8))
        np.save(folder + "/order.npy", order)
        command += ["--loss", "cross-entropy", "--data", x + "," + target,
                    "--hold-out", "none", "--batch-size", str(batch),
                    "--order", folder + "/order.npy"]
        command.remove("--steps")
        command.remove(str(CHECKED_STEPS))
    else:
        wanted = learning.target
        if settings.text("residual") == "true":
            wanted = wanted - learning.added()
        np.save(target, wanted.numpy())
        command += ["--input", x, "--target", target]
    log = subprocess.run(command, check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return [float(row["loss"]) for row in csv.DictReader(log.splitlines())]


def main():
    path, threads, seconds, convlet = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    learning = Learning(Settings(path))
    with tempfile.TemporaryDirectory() as folder:
        expected = losses_of_convlet(convlet, learning, folder)
    losses = [learning.step().item() for _ in range(CHECKED_STEPS)]
    if not np.allclose(losses, expected, rtol=1e-3):
        sys.exit("pytorch: the losses of %s differ: %s, %s" %
                 (path, losses, expected))
    times = clock(learning.step, float(seconds))
    print("%.1f" % min(times), "%.1f" % float(np.median(times)), sep="\t")


if __name__ == "__main__":
    main()
