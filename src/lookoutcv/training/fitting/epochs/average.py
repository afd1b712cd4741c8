"""The mean of a network's weights over its last steps, which jumps less than the weights themselves."""

from __future__ import annotations

from typing import Any

# Of all steps of the training: what is averaged reaches about so far back.
_REACH = 0.05


class Average:
    """A mean of weights that forgets.

    Args:
        module: Whose weights are averaged.
    """

    def __init__(self, module: Any) -> None:
        self._module = module
        self.state = {name: value.detach().clone() for name, value in module.state_dict().items()}

    def add(self, step: int, steps: int) -> None:
        """Take in the weights as they are.

        Args:
            step: How many steps were made, from 1.
            steps: How many there will be.
        """
        import torch  # noqa: PLC0415

        # In the beginning it forgets sooner: the first weights are not worth remembering.
        reach = min(max(2.0, _REACH * steps), (step + 1) / 2)
        now = self._module.state_dict()
        floats = [name for name, value in now.items() if value.is_floating_point()]
        with torch.no_grad():
            torch._foreach_lerp_([self.state[name] for name in floats], [now[name] for name in floats], 1 / reach)
            for name in now.keys() - set(floats):
                self.state[name].copy_(now[name])
