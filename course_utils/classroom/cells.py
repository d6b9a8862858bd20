"""Running cells in this process, as a kernel would: IPython, and what it shows."""

import json

from course_utils.classroom.protocol import error_output, stream_output


class Outputs:
    """The outputs of one cell, up to a number of bytes."""

    def __init__(self) -> None:
        self.clear(0)

    def clear(self, room: int) -> None:
        """Forget all outputs; ``room`` bytes may come."""
        self.kept, self.room, self.dropped = [], room, False

    def add(self, output: dict) -> None:
        """Keep an output if there is room for it."""
        self.room -= len(json.dumps(output, default=str))
        if self.room < 0:
            self.dropped = True
        else:
            self.kept.append(output)

    def write(self, name: str, text: str) -> None:
        """Keep what was printed to the stream ``name``."""
        self.room -= len(text)
        if self.room < 0:
            self.dropped = True
        elif self.kept and self.kept[-1].get("name") == name:
            self.kept[-1]["text"] += text
        else:
            self.kept.append(stream_output(text, name))


class Stream:
    """Stands for ``sys.stdout`` or ``sys.stderr`` while a cell runs."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        self.outputs.write(self.name, str(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1


def make_shell(outputs: Outputs):
    """Return an IPython shell whose results and errors go to ``outputs``."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, **_):
            outputs.add(
                {
                    "output_type": "display_data",
                    "data": data,
                    "metadata": metadata or {},
                }
            )

    class Hook(DisplayHook):
        def __call__(self, result=None):
            if result is None:
                return
            data, metadata = self.compute_format_data(result)
            self.fill_exec_result(result)
            outputs.add(
                {
                    "output_type": "execute_result",
                    "data": data,
                    "metadata": metadata,
                    "execution_count": self.shell.execution_count,
                }
            )

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Do nothing: IPython's own raises here, and %matplotlib would fail."""

        def _showtraceback(self, etype, evalue, stb):
            outputs.add(error_output(etype.__name__, str(evalue), stb))

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(
        config=config, display_pub_class=Publisher, displayhook_class=Hook
    )
    formatter = shell.display_formatter
    formatter.active_types = list(formatter.formatters)
    shell.InteractiveTB.set_mode(mode="Plain")  # the verbose one takes 0.3 s an error
    return shell


def warm_up(shell) -> None:
    """Import what notebooks import, once, with one thread (a fork keeps only one)."""
    import matplotlib.pyplot as plt
    import numpy as np
    import torch

    import course_utils.checks
    import course_utils.plots
    import course_utils.scoring
    import course_utils.training
    import course_utils.worlds  # noqa: F401

    torch.set_num_threads(1)
    for warm in (
        lambda: torch.testing.assert_close(torch.ones(1), torch.zeros(1)),
        lambda: np.testing.assert_allclose(0.0, 1.0),
    ):
        try:
            warm()
        except AssertionError:
            continue
    leaf = torch.ones(2, requires_grad=True)
    leaf.sum().backward()
    plt.close("all")
    shell.run_cell("1/0")
