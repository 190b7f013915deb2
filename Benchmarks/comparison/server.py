"""A contender as a long-lived process that answers one line with one line; see Peers/protocol.py."""

import json
import subprocess
import sys
import tempfile
import time

from preparation import engine_environment


class ServerError(Exception):
    pass


class Server:
    """The process runs from the beginning to the end of the `with` block."""

    def __init__(self, name, command):
        self.name = name
        self.messages = tempfile.TemporaryFile(mode="w+")
        start = time.perf_counter()
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True,
                env=engine_environment())
        except OSError as error:
            raise ServerError(f"{name}: {error}") from error
        self.facts = self._receive()["ready"]
        # From the start of the process until the model is loaded.
        self.start_seconds = time.perf_counter() - start

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, **request):
        """The seconds that a request took, by the server's own clock."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self._fail("it ended")
        answer = self._receive()
        if "seconds" not in answer:
            self._fail(f"{request}: {answer.get('error', answer)}")
        return answer["seconds"]

    def close(self):
        """Ends the process: its input ends."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.messages.close()

    def _receive(self):
        line = self.process.stdout.readline()
        try:
            return json.loads(line)
        except ValueError:
            self._fail(f"no answer but {line!r}")

    def _fail(self, reason):
        self.process.kill()
        self.process.wait()
        self.messages.seek(0)
        last_lines = self.messages.read().strip().splitlines()[-5:]
        print(*last_lines, sep="\n", file=sys.stderr)
        raise ServerError(f"{self.name}: {reason}")
