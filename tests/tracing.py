"""The system calls of a server, as strace tells them, in the order in which they took effect."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from shadow_disk import Disk, File, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FILES = (
    "openat", "open", "creat", "write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate",
    "truncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "mkdir", "mkdirat", "rmdir", "fsync", "fdatasync", "copy_file_range", "sendfile",
)  # fmt: skip
SENDS = ("write", "writev", "sendto", "sendmsg")
_LINE = re.compile(r"(\d+) +(.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)", re.DOTALL)
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"^(?:-?\d+|AT_FDCWD)<((?:->|[^<>])*)>(\(deleted\))?")
_CONNECTION = re.compile(r"TCP.*->.*:(\d+)\]$")


def why_not() -> str:
    """Why nothing can be traced here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else f"strace may not trace here: {done.stderr.strip()}"


def traced(command: list[str], log: Path) -> list[str]:
    """The command that runs another and writes its system calls to a file."""
    calls = ",".join(sorted({*FILES, *SENDS}))
    return ["strace", "-D", "-f", "--seccomp-bpf", "-yy", "-xx", "-s", "20000000", "-o", str(log),
            "-e", f"trace={calls}", "-e", "signal=none", *command]  # fmt: skip


def is_whole(log: Path) -> bool:
    """Whether the traced command has ended and everything is written down."""
    with log.open("rb") as file:
        first = file.readline().split(b" ")[0]
        file.seek(max(0, log.stat().st_size - 4096))
        return re.search(rb"^" + first + rb" +\+\+\+ exited", file.read(), re.MULTILINE) is not None


@dataclass(frozen=True)
class Call:
    """One system call that succeeded."""

    process: str
    name: str
    handle: str
    """Path or connection of its first argument, where that is an open file."""
    texts: tuple[bytes, ...]
    """Its strings."""
    words: str
    """Its arguments, without the strings' contents."""
    result: int

    def path(self, number: int = 0) -> str:
        """The n-th path it names, absolute."""
        text = self.texts[number].decode()
        if text.startswith("/"):
            return text
        folders = re.findall(r"(?:\d+|AT_FDCWD)<([^<>]*)>", self.words)
        return f"{folders[min(number, len(folders) - 1)]}/{text}"


def calls_of(log: Path) -> Iterator[Call]:
    """Every call that succeeded, in the order in which they ended."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            found = _LINE.match(line)
            if not found:
                continue
            process, rest = found[1], found[2].rstrip("\n")
            if rest.endswith("<unfinished ...>"):
                begun[process] = rest.removesuffix("<unfinished ...>").rstrip()
                continue
            if resumed := _RESUMED.match(rest):
                rest = begun.pop(process) + resumed[2].lstrip()
            call = _CALL.match(rest)
            if call and call[3] not in {"-1", "?"}:
                yield _read(process, call[1], call[2], int(call[3]))


def answers_to(call: Call) -> int | None:
    """The port of the client that a call answers with 200; None where it does not."""
    connection = _CONNECTION.search(call.handle) if call.name in SENDS else None
    if connection and call.texts and call.texts[0].startswith(b"HTTP/1.1 200"):
        return int(connection[1])
    return None


def is_promise(call: Call) -> bool:
    """Whether a call makes something sure, or says that it is."""
    return call.name in {"fsync", "fdatasync"} or answers_to(call) is not None


def _read(process: str, name: str, arguments: str, result: int) -> Call:
    texts = tuple(bytes.fromhex(text.replace("\\x", "")) for text in _STRING.findall(arguments))
    words = _plain(_STRING.sub('""', arguments))
    handle = _HANDLE.match(words)
    gone = bool(handle and handle[2])
    return Call(process, name, handle[1] if handle and not gone else "", texts, words, result)


def _plain(words: str) -> str:
    """Words with the bytes of paths as letters."""
    return re.sub(
        r"(?:\\x[0-9a-f]{2})+",
        lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode(errors="replace"),
        words,
    )


Asked: TypeAlias = "Mapping[int, Sequence[Sequence[str]]]"
"""The ids of each request of a connection, by the client's port, in the order they were sent."""


class Replay:
    """A disk and the answers of a collector, brought forward call by call."""

    def __init__(self, root: Path, asked: Asked, told: Path | None = None) -> None:
        self.disk = Disk(root)
        self._told = str(told)
        self.acknowledged: list[str] = []
        """Ids of calls whose request was answered."""
        self._open = {port: deque(batches) for port, batches in asked.items()}

    def take(self, call: Call) -> str:
        """Take in a call; return "sync" or "answer" where it is one that promises something."""
        if call.name in {"fsync", "fdatasync"}:
            node = self.disk.find(call.handle)
            if node is None or not node.pending:
                return ""
            node.sync()
            return "sync"
        if call.handle == self._told:  # a program that notes what it relies on
            self.acknowledged += b"".join(call.texts).decode().split()
            return "answer"
        port = answers_to(call)
        if port is not None:
            if not self._open.get(port):
                return ""
            self.acknowledged += self._open[port].popleft()
            return "answer"
        self._change(call)
        return ""

    def _change(self, call: Call) -> None:
        kinds = {
            "write": self._write, "writev": self._write, "pwrite64": self._write,
            "pwritev": self._write, "pwritev2": self._write, "ftruncate": self._resized,
            "openat": self._opened, "open": self._opened, "creat": self._opened,
            "mkdir": self._named, "mkdirat": self._named, "unlink": self._named,
            "unlinkat": self._named, "rmdir": self._named, "rename": self._renamed,
            "renameat": self._renamed, "renameat2": self._renamed, "link": self._renamed,
            "linkat": self._renamed, "sendfile": self._copied,
        }  # fmt: skip
        if call.name in kinds:
            kinds[call.name](call)
        else:
            assert not self.disk.holds(call.handle), f"not understood: {call.name}"

    def _named(self, call: Call) -> None:
        if not self.disk.holds(call.path()):
            return
        if call.name.startswith("mkdir"):
            self.disk.make(call.path(), Folder())
        else:
            self.disk.remove(call.path())

    def _renamed(self, call: Call) -> None:
        if not self.disk.holds(call.path(1)):
            return
        if call.name.startswith("rename"):
            self.disk.rename(call.path(0), call.path(1))
        else:
            node = self.disk.find(call.path(0))
            assert node is not None, call
            self.disk.make(call.path(1), node)

    def _copied(self, call: Call) -> None:
        target = self.disk.find(call.handle)
        if isinstance(target, File):
            source = self.disk.find(re.findall(r"<([^<>]*)>", call.words)[1])
            start = re.search(r"\[(\d+)\]", call.words)
            assert isinstance(source, File), call
            assert start, call
            data = bytes(source.seen[int(start[1]) : int(start[1]) + call.result])
            target.change(len(target.seen), data)

    def _resized(self, call: Call) -> None:
        self._resize(call.handle, int(call.words.split(", ")[1]))

    def _write(self, call: Call) -> None:
        node = self.disk.find(call.handle)
        if isinstance(node, File):
            at = call.name.startswith("pwrite")
            offset = int(call.words.split(", ")[3]) if at else len(node.seen)
            data = b"".join(call.texts)[: call.result]
            node.change(offset, data)

    def _resize(self, path: str, size: int) -> None:
        node = self.disk.find(path)
        if isinstance(node, File) and len(node.seen) != size:
            node.change(size, None)

    def _opened(self, call: Call) -> None:
        if not call.texts or not self.disk.holds(call.path()):
            return
        if "O_CREAT" in call.words and self.disk.find(call.path()) is None:
            self.disk.make(call.path(), File())
        if "O_TRUNC" in call.words:
            self._resize(call.path(), 0)
