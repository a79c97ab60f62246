"""Who takes part: each is an agent program with its environment, kept running while the others have their turn."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60


@dataclass
class Contender:
    """An agent that answers questions, one at a time. `python` may be that of another environment."""

    name: str
    program: str
    environment: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    problem: str = ""
    _process: subprocess.Popen[str] | None = None

    def start(self, log: Path) -> None:
        """Returns when the agent is ready; if it never is, `problem` says why."""
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [self.python, "-m", f"bench.agents.{self.program}"],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        if not self._answer().get("ready"):
            said = log.read_text().strip().splitlines()
            self.problem = f"did not start: {said[-1] if said else 'no word'}"

    def measure(self, work: str, size: int, **more: Any) -> dict[str, Any]:
        """Does one work. A contender that broke takes no further part and says why."""
        answer = self.ask(work=work, size=size, **more)
        self.problem = answer.get("problem", self.problem)
        return answer

    def ask(self, **question: Any) -> dict[str, Any]:
        """The agent's answer; `problem` in it when it failed."""
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"problem": "it ended"}
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # some contenders say something while they start
                return dict(json.loads(line))
        return {"problem": "it ended"}

    def stop(self) -> None:
        """Closes the agent's input, which ends it in good order together with everything it started."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
