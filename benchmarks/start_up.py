"""What starting costs: importing the package, and asking the command for help, above an empty Python program."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from harness.clocks import child_turns
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option

_COMMANDS = {
    "bare": ["-c", "pass"],
    "import": ["-c", "import lookoutcv"],
    "help": ["-m", "lookoutcv", "--help"],
}


def measure(settings: Namespace) -> Iterator[Figure]:
    """CPU of whole processes, turn by turn, less that of the empty one."""
    rounds = child_turns(_COMMANDS, settings.starts)
    for name, title, goal in (("import", "import lookoutcv", 50), ("help", "lookout --help", 400)):
        more = rounds.more(name, over="bare").times(1e3)
        yield Figure(f"{title}, CPU above the interpreter", more.middle, "ms", more.basis(), Goal(goal))
    bare = rounds.time("bare").times(1e3)
    yield Figure("the interpreter alone", bare.middle, "ms", bare.basis())


BENCHMARK = Benchmark("what starting costs", measure, [Option("--starts", 15, "how often each is started")])

if __name__ == "__main__":
    main(BENCHMARK)
