"""`maest annotate` as a watched process: how long it took, what it used, and killing it. Linux."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

INTERVAL_SECONDS = 1.0
# Memory is not judged before the model is loaded and the first tracks are through.
WARM_UP_SECONDS = 5.0


@dataclass
class MemorySample:
    """Bytes at a moment, in seconds since the start. `private` is resident and of no file."""

    seconds: float
    resident: int
    private: int
    # Resident memory of its child processes together.
    children: int


@dataclass
class Outcome:
    """`returncode` is negative for a signal. Processor time has that of the children in it."""

    returncode: int
    wall_seconds: float
    user_seconds: float
    system_seconds: float
    # The largest resident memory of the process, or of one of its children if that is larger; as Linux accounts for it.
    peak_bytes: int
    messages: str
    memory: list = field(default_factory=list)

    @property
    def processor_share(self):
        """Of all cores' time, from 0 to 1."""
        cores = len(os.sched_getaffinity(0))
        return (self.user_seconds + self.system_seconds) / self.wall_seconds / cores

    def quarter(self, number, quantity):
        """The mean of a quantity of the memory samples in a quarter of the run, 0 to 3; None where there is none."""
        samples = [sample for sample in self.memory if sample.seconds >= WARM_UP_SECONDS]
        chosen = samples[number * len(samples) // 4:(number + 1) * len(samples) // 4]
        return sum(getattr(sample, quantity) for sample in chosen) / len(chosen) if chosen else None


class AnnotateRun:
    """Starts in a session of its own, so that whatever it leaves behind is found."""

    def __init__(self, command, watch_memory=False, standard_output=subprocess.DEVNULL):
        self.command = [str(word) for word in command]
        self.start = time.monotonic()
        self.memory = []
        self._messages = tempfile.TemporaryFile()
        self._ended = threading.Event()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=standard_output, stderr=self._messages,
            start_new_session=True)
        self._watcher = threading.Thread(target=self._watch, daemon=True) if watch_memory else None
        if self._watcher:
            self._watcher.start()

    def wait(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        return self._outcome(status, usage)

    def wait_until(self, deadline):
        """The outcome, or None if it still runs at `deadline` (of time.monotonic())."""
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                return self._outcome(status, usage)
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(left, 0.01))

    def kill(self):
        """SIGKILL to the process alone, as a lack of memory or `kill -9` do it."""
        os.kill(self.process.pid, signal.SIGKILL)
        return self.wait()

    def left_behind(self, seconds=10.0):
        """Processes of its session that are still there so long after its end; they are ended now."""
        deadline = time.monotonic() + seconds
        while (pids := session_members(self.process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return len(pids)

    def _outcome(self, status, usage):
        wall = time.monotonic() - self.start
        # For Popen, which did not see the end.
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set()
        if self._watcher:
            self._watcher.join()
        self._messages.seek(0)
        messages = self._messages.read().decode("utf-8", errors="replace")
        self._messages.close()
        return Outcome(self.process.returncode, wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024, messages,
                       self.memory)

    def _watch(self):
        while not self._ended.wait(INTERVAL_SECONDS):
            resident, private = memory_bytes(self.process.pid)
            children = sum(memory_bytes(pid)[0] for pid in session_members(self.process.pid) - {self.process.pid})
            if resident:
                self.memory.append(MemorySample(time.monotonic() - self.start, resident, private, children))


def memory_bytes(pid):
    """Resident and private bytes of a process, 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    fields = dict(line.split(":", 1) for line in text.splitlines())
    return tuple(int(fields[name].split()[0]) * 1024 if name in fields else 0 for name in ("VmRSS", "RssAnon"))


def session_members(session):
    """The processes of a session that are no zombies."""
    members = set()
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = Path(f"/proc/{entry}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        # After the name in parentheses: state, parent, group, session.
        state, _, _, its_session = text[text.rindex(")") + 2:].split()[:4]
        if int(its_session) == session and state != "Z":
            members.add(int(entry))
    return members
