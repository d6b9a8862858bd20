"""A sandbox as a worker keeps it: started, asked, killed, started anew."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time

from course_utils.classroom.sandbox import ROOT, Limits, sandbox_command

INSIDE = "course_utils.classroom.inside"


class Sandbox:
    """A worker's sandbox: started when needed, started anew when it died.

    With ``isolated=False`` the code runs as the teacher, in a temporary folder:
    mode "kernel" only, and only for somebody who trusts it.
    """

    def __init__(self, mode: str, limits: Limits, isolated: bool = True) -> None:
        self.mode, self.limits, self.isolated = mode, limits, isolated
        self.process: subprocess.Popen | None = None
        self.ready = False
        self.folder: tempfile.TemporaryDirectory | None = None

    def launch(self) -> None:
        """Start it; its imports take seconds, so do something else meanwhile."""
        command = [sys.executable, "-m", INSIDE, self.mode]
        variables = dict(os.environ)
        if self.isolated:
            command = sandbox_command(command, self.limits)
        else:
            self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            variables |= {"HOME": self.folder.name, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=variables,
        )
        self.unread, self.ready = b"", False

    def wait_until_ready(self) -> None:
        """Launch it if need be, and wait until it takes jobs."""
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.launch()
        if not self.ready:
            self.line(120)
            self.ready = True

    def stop(self) -> None:
        """Kill it, with everything inside."""
        if self.process:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
            self.process = None
        if self.folder:
            self.folder.cleanup()
            self.folder = None

    def line(self, seconds: float) -> dict:
        """Return the next line from inside.

        Raises:
            TimeoutError, EOFError, ValueError: none came, or not one of ours.
        """
        until = time.monotonic() + seconds
        most = 4 * self.limits.output * 100
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError("the sandbox says nothing")
            part = os.read(self.process.stdout.fileno(), 1 << 20)
            if not part or len(self.unread) > most:
                raise EOFError("the sandbox ended")
            self.unread += part
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line)

    def run(self, job: dict) -> dict:
        """Return the result of a job; never raises for what happens inside."""
        try:
            self.wait_until_ready()
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()
            answer = self.line(job["seconds"] + 30)
            if answer.get("id") != job["id"] or not isinstance(answer["cells"], list):
                raise ValueError("not the answer to this job")
        except (EOFError, TimeoutError, OSError, ValueError, KeyError) as error:
            self.stop()
            why = f"SandboxFailed: {error}"
            return {"cells": [None] * len(job["cells"]), "why": why}
        if self.mode == "kernel":
            self.stop()
        return answer

    def ask(self, request: dict, seconds: float) -> dict:
        """Return the reply of a student's process to one request of the judge."""
        try:
            if self.process is None:
                self.wait_until_ready()
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            return self.line(seconds)
        except (EOFError, TimeoutError, OSError, ValueError) as error:
            self.process.kill()
            return {"error": ["Died", f"the student's process: {error}"]}
