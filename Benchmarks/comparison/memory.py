"""Another process's memory, as Linux accounts for it."""

import threading
from pathlib import Path

INTERVAL_SECONDS = 0.01


def status_bytes(pid, field):
    """A field of /proc/PID/status in bytes, 0 where the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)


class MemoryWatch:
    """Looks at a process while the `with` block runs; Linux keeps no highest mark of private memory."""

    def __init__(self, pid):
        self.pid = pid
        # The most that was resident and no file's; and all that was resident, mapped files included.
        self.private_bytes = 0
        self.peak_bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        self._note()
        self.peak_bytes = status_bytes(self.pid, "VmHWM")

    def _look(self):
        while not self._done.is_set():
            self._note()
            self._done.wait(INTERVAL_SECONDS)

    def _note(self):
        self.private_bytes = max(self.private_bytes, status_bytes(self.pid, "RssAnon"))
