"""lenet_torch.py - PyTorch's training step of LeNet-5, as one writes it.

    lenet_torch.py THREADS SECONDS DIR

Starts from what lenet.c left in DIR, and must lose in its first steps what
that lost. Then it times steps and prints a row as lenet.c does.
"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def main():
    threads, seconds, folder = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(threads)

    def load(name):
        return torch.from_numpy(np.load(folder + "/" + name + ".npy"))

    x, labels = load("x"), load("labels").flatten().long()
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10))
    # Flatten is no layer of convlet: behind it the numbers are one less.
    with torch.no_grad():
        for name, param in net.named_parameters():
            index, kind = name.split(".")
            at = int(index) - (int(index) > 6)
            param.copy_(load("%d.%s" % (at, kind)).reshape(param.shape))
    sgd = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        sgd.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        sgd.step()
        return loss.item()

    expected = load("losses").numpy()
    losses = np.array([step() for _ in expected])
    if not np.allclose(losses, expected, rtol=1e-4):
        sys.exit("pytorch: the losses differ: %s, %s" % (losses, expected))
    times, least, end = [], None, time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        used, start = time.process_time(), time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
        used = time.process_time() - used
        least = used if least is None else min(least, used)
    print("pytorch", threads, "%.0f" % (1e6 * min(times)),
          "%.0f" % (1e6 * float(np.median(times))), "%.0f" % (1e6 * least),
          sep="\t")


main()
