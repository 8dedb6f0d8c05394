"""peer_torch.py - PyTorch as one writes it: eager, nn.Conv2d, MSELoss, SGD.

    peer_torch.py SHAPES ID THREADS SECONDS CONVLET

Checks, times and prints as peer.h says; CONVLET is the program to check with.
"""
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

LR = 1e-6
BATCHES = 9


def read_shape(path, ident):
    with open(path, encoding="ascii") as lines:
        for line in lines:
            fields = line.split()
            if fields and fields[0] == ident:
                return [int(field) for field in fields[2:]]
    sys.exit("no such shape")


def clock(call, seconds):
    """As bench_clock.c: the batches' microseconds per call."""
    fastest, start = None, time.perf_counter()
    while True:
        before = time.perf_counter()
        call()
        last = time.perf_counter()
        if fastest is None or last - before < fastest:
            fastest = last - before
        if last - start >= seconds / 10:
            break
    calls = max(1, int(seconds / BATCHES / (fastest + 1e-9)))
    times, start = [], time.perf_counter()
    while not times or (len(times) < BATCHES and last - start < seconds):
        before = time.perf_counter()
        for _ in range(calls):
            call()
        last = time.perf_counter()
        times.append((last - before) / calls * 1e6)
    return times


def main():
    path, ident, threads, seconds, convlet = sys.argv[1:]
    n, c, h, w, k, kh, kw, pad, stride = read_shape(path, ident)
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(c, k, (kh, kw), stride, pad)
    x = torch.rand(n, c, h, w) * 2 - 1
    with torch.no_grad():
        y = conv(x)
    target, dy = torch.rand_like(y) * 2 - 1, torch.rand_like(y) * 2 - 1
    loss_of = torch.nn.MSELoss()
    sgd = torch.optim.SGD(conv.parameters(), lr=LR)

    def forward():
        with torch.no_grad():
            return conv(x)

    def backward(mask):
        return torch.ops.aten.convolution_backward(
            dy, x, conv.weight, [k], [stride] * 2, [pad] * 2, [1, 1], False,
            [0, 0], 1, mask)

    def step_of(data):
        def step():
            sgd.zero_grad(set_to_none=True)
            data.grad = None
            loss_of(conv(data), target).backward()
            sgd.step()
        return step

    def check():
        """The same layer through `convlet conv`."""
        with torch.no_grad():
            dx, dw, db = backward([True, True, True])
        with tempfile.TemporaryDirectory() as folder:
            def file(name):
                return folder + "/" + name + ".npy"
            given = {"input": x, "weight": conv.weight, "bias": conv.bias,
                     "grad-output": dy}
            wanted = {"output": y, "grad-input": dx, "grad-weight": dw,
                      "grad-bias": db}
            command = [convlet, "conv", "--stride", str(stride),
                       "--padding", str(pad)]
            for name, array in given.items():
                np.save(file(name), array.detach().numpy())
            for name in [*given, *wanted]:
                command += ["--" + name, file(name)]
            subprocess.run(command, check=True)
            for name, array in wanted.items():
                own, other = np.load(file(name)), array.detach().numpy()
                if not np.abs(own - other).max() <= 1e-3 * np.abs(own).max():
                    sys.exit(ident + " pytorch: " + name + " is wrong")

    check()
    deep = x.clone().requires_grad_(True)
    phases = {
        "forward": forward,
        "grad_weight": lambda: backward([False, True, True]),
        "grad_input": lambda: backward([True, False, False]),
        "step": step_of(x),
        "stepx": step_of(deep),
    }
    for phase, call in phases.items():
        times = clock(call, float(seconds))
        print(ident, "pytorch", threads, phase, "%.3f" % min(times),
              "%.3f" % float(np.median(times)), sep="\t", flush=True)


if __name__ == "__main__":
    main()
