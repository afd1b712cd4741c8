"""Ten thousand explanations, of one network and of ever new ones: memory stays what it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")]

_EXPLAIN_AGAIN = """
import gc, json, os, sys
sys.path.insert(0, sys.argv[1])
import torch
from lookoutcv.explanation import explain_network, explain_scores
from lookoutcv.explanation.layers import target_layer
from taught_shapes import probabilities_of, shapes_batch, small_network, tensor_of
torch.set_num_threads(1)
pictures, kinds, _ = shapes_batch(range(1))
batch, network = tensor_of(pictures), small_network().eval()
methods = ["grad_cam", "grad_cam_plus_plus", "eigen_cam", "layer_attribution"]
seen = []
for turn in range(int(sys.argv[2])):
    for number in range(100):
        method = methods[number % 4]
        if number % 10 == 0:
            network = small_network(seed=number).eval()
        if number % 25 == 1:
            try:
                explain_network(network, batch, [9] * 3, method=method)
            except Exception:
                pass
        explain_network(network, batch, kinds, method=method)
    explain_scores(probabilities_of(network), pictures[0], 0, samples=16)
    gc.collect()
    pages = int(open("/proc/self/statm").read().split()[1])
    seen.append([pages * os.sysconf("SC_PAGE_SIZE"), len(target_layer._known), len(gc.get_objects())])
print(json.dumps(seen))
"""


def test_ten_thousand_explanations_leak_nothing(factor: float) -> None:
    turns = max(9, round(100 * factor))
    command = [sys.executable, "-c", _EXPLAIN_AGAIN, str(Path(__file__).parents[1]), str(turns)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    memory, known, objects = zip(*json.loads(done.stdout), strict=True)
    warm = turns // 3
    growth = max(memory[-warm:]) - max(memory[:warm])
    print(f"{100 * turns} explanations: {growth / 1e6:+.1f} MB, {objects[warm]} to {objects[-1]} objects")
    # A hook, a copy of a layer or a map left behind by each would be tens of megabytes.
    assert growth < 8e6
    assert max(known) == 1
    assert max(objects[-warm:]) < max(objects[:warm]) + 500
