"""A serial cable between two programs."""

from __future__ import annotations

import os
import select
import threading
import tty


class Cable:
    """Two pseudo-terminals joined: what goes into one comes out of the other."""

    def __init__(self) -> None:
        self._far = [os.openpty(), os.openpty()]
        for _, near in self._far:
            tty.setraw(near)
        self.ends = tuple(os.ttyname(near) for _, near in self._far)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="cable")

    def __enter__(self) -> Cable:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for pair in self._far:
            for end in pair:
                os.close(end)

    def _carry(self) -> None:
        left, right = self._far[0][0], self._far[1][0]
        while not self._ended.is_set():
            ready, _, _ = select.select([left, right], [], [], 0.05)
            for end in ready:
                os.write(right if end == left else left, os.read(end, 4096))
