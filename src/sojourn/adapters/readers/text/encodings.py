"""Text of any encoding as UTF-8 blocks that end wherever."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sojourn.adapters.readers.errors import UnknownEncodingError
from sojourn.base.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK: Final = "\ufdd0"
"""Stands before the two hexadecimal digits of a byte that could not be decoded.

It is a noncharacter, which no text holds."""
MARK_UTF8: Final = MARK.encode()
UTF8: Final = "UTF-8"
KOREAN: Final = "CP949"
_BOMS: Final = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "UTF-32-LE"),
    (codecs.BOM_UTF32_BE, "UTF-32-BE"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE"),
)
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_HANGUL_IN_UTF8: Final = re.compile(rb"[\xea-\xed][\x80-\xbf]{2}")
_LONGEST_HELD: Final = 1 << 20
_FEW: Final = 0.02
"""So small a share of lines is taken for damage, not for another encoding."""
_COMMON: Final = ("utf-8", "cp949", "euc-kr", "utf-16", "cp1252", "shift_jis", "gb18030")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(f"{MARK}{byte:02x}" for byte in bad), error.end


codecs.register_error("sojourn.mark", _mark)


def readable(text: str) -> str:
    r"""Return a text whose undecodable bytes are shown as ``\xNN``."""
    return re.sub(f"{MARK}([0-9a-f]{{2}})", r"\\x\1", text) if MARK in text else text


def detect(head: bytes, given: str | None) -> tuple[str | None, int]:
    """Return the encoding of a text and the length of its byte order mark.

    Parameters
    ----------
    head : bytes
        The first bytes, a mebibyte or so.
    given : str, optional
        The encoding said by the user.

    Returns
    -------
    tuple
        None where the head is ASCII only, so that later bytes decide.

    Raises
    ------
    UnknownEncodingError
        If the given one does not exist, or the head fits none of those that are recognised.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, len(bom)
    if given:
        return _known(given), 0
    if b"\0" in head[:4096]:
        wide = _wide(head)
        if wide:
            return wide, 0
    if head.isascii():
        return None, 0
    return _by_lines(head), 0


def _known(given: str) -> str:
    try:
        name = codecs.lookup(given).name
    except LookupError:
        like = nearest(given, _COMMON)
        hint = f" Did you mean {like!r}?" if like else ""
        raise UnknownEncodingError(
            f"There is no encoding {given!r}.{hint}", allowed=", ".join(_COMMON)
        ) from None
    if name == "utf-16":
        return "UTF-16-LE"
    return {"utf-8": UTF8, "utf-8-sig": UTF8, "euc_kr": KOREAN, "cp949": KOREAN}.get(name, name)


def _wide(head: bytes) -> str | None:
    """Return which UTF-16 it is, told from where the zero bytes of plain letters are."""
    sample = head[:4096]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    if half and odd > 0.3 * half and even < 0.05 * half:
        return "UTF-16-LE"
    if half and even > 0.3 * half and odd < 0.05 * half:
        return "UTF-16-BE"
    return None


def _by_lines(head: bytes) -> str:
    """Return UTF-8 or CP949, whichever decodes more of the lines that are not ASCII."""
    every = head.split(b"\n")[:-1] or [head]
    lines = [line for line in every if not line.isascii()] or [head]
    fits = {
        UTF8: sum(_decodes(line, UTF8) for line in lines),
        KOREAN: sum(_decodes(line, KOREAN) and not _is_utf8(line) for line in lines),
    }
    best = max(fits, key=lambda name: fits[name])
    unfit = len(lines) - fits[best]
    if unfit > 0.5 * len(lines) and unfit > _FEW * len(every):
        broken = next(line for line in lines if not _decodes(line, best))
        raise UnknownEncodingError(
            "The text's encoding cannot be told: it is neither UTF-8, UTF-16 nor CP949; "
            f"one line reads {broken[:60]!r}.",
            allowed=", ".join(_COMMON),
            remedy="Give the encoding by name (--encoding NAME).",
        )
    return best


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(line: bytes) -> bool:
    """Return whether a line of a CP949 text is UTF-8 nevertheless.

    TRICKY: two bytes of CP949 may be UTF-8 by chance; with a syllable in three bytes, and the
    whole line valid, chance is out of the question.
    """
    return _HANGUL_IN_UTF8.search(line) is not None and _decodes(line, UTF8)


def to_utf8(
    blocks: Iterable[tuple[bytes, int]], encoding: str | None, skip: int
) -> Iterator[tuple[bytes, int]]:
    """Return blocks of UTF-8 text; bytes that cannot be decoded become :data:`MARK` and digits.

    Parameters
    ----------
    blocks : iterable of (bytes, int)
        The text as it is stored, with a count that is passed on.
    encoding : str or None
        None decides by the first line that is not ASCII: UTF-8 if it is that, else CP949.
    skip : int
        Bytes at the start to leave out.
    """
    incremental = None if encoding is None else _decoder(encoding)
    waiting, done = b"", 0
    for raw, done in blocks:
        block = raw[skip:] if skip else raw
        skip = max(0, skip - len(raw))
        if incremental is not None:
            yield incremental.decode(block), done
            continue
        if not waiting and block.isascii():
            yield block, done
            continue
        waiting += block
        end = _first_odd_line(waiting)
        if end:
            incremental = _decoder(UTF8 if _decodes(waiting[:end], UTF8) else KOREAN)
            yield incremental.decode(waiting), done
            waiting = b""
    if incremental is None:
        incremental = _decoder(UTF8 if _decodes(waiting, UTF8) else KOREAN)
        yield incremental.decode(waiting), done
    yield incremental.decode(b"", final=True), done


def _first_odd_line(text: bytes) -> int:
    """Return where the first line that is not ASCII ends; 0 when its end is not there yet."""
    odd = _NOT_ASCII.search(text)
    return text.find(b"\n", odd.start()) + 1 if odd else 0


class _Decoder:
    """From one encoding to UTF-8, piece by piece."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="sojourn.mark")

    def decode(self, block: bytes, *, final: bool = False) -> bytes:
        text = self._decoder.decode(block, final)
        return text.encode("utf-8", errors="replace")


class _Utf8Decoder(_Decoder):
    """Checks UTF-8 and passes it on as it is; only damaged blocks are rewritten."""

    def __init__(self) -> None:
        super().__init__("utf-8")
        self._held = b""

    @override
    def decode(self, block: bytes, *, final: bool = False) -> bytes:
        if not self._held and block.isascii():
            return block
        block = self._held + block
        cut = len(block) if final else _whole_characters(block)
        block, self._held = block[:cut], block[cut:]
        try:
            block.decode()
        except UnicodeDecodeError:
            return block.decode(errors="sojourn.mark").encode()
        return block


class _KoreanDecoder(_Decoder):
    """CP949, line by line: one in UTF-8 would become other Korean, so it is marked instead."""

    def __init__(self) -> None:
        super().__init__(KOREAN)
        self._held = b""

    @override
    def decode(self, block: bytes, *, final: bool = False) -> bytes:
        block = self._held + block
        cut = len(block)
        if not final and len(block) - block.rfind(b"\n") <= _LONGEST_HELD:
            cut = block.rfind(b"\n") + 1
        block, self._held = block[:cut], block[cut:]
        if not _HANGUL_IN_UTF8.search(block):
            return super().decode(block, final=final)
        lines = block.splitlines(keepends=True)
        return b"".join(map(self._line, lines)) + super().decode(b"", final=final)

    def _line(self, line: bytes) -> bytes:
        if _is_utf8(line):
            return line.decode("ascii", errors="sojourn.mark").encode()
        return super().decode(line)


def _decoder(encoding: str) -> _Decoder:
    own = {UTF8: _Utf8Decoder, KOREAN: _KoreanDecoder}
    return own[encoding]() if encoding in own else _Decoder(encoding)


def _whole_characters(block: bytes) -> int:
    """Return the length of a block without a character that is cut off at its end."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte >= 0xC0:
            width = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(block) if back >= width else len(block) - back
        if byte < 0x80:
            break
    return len(block)
