"""What can be wrong with an input as a whole."""

from __future__ import annotations

from sojourn.base.errors import InputError


class UnreadableFileError(InputError):
    """A file is missing, is a folder or may not be read. Remedy: check the path and rights."""

    code = "unreadable-file"


class EmptyInputError(InputError):
    """An input holds nothing, or only a header. Remedy: check the export that made it."""

    code = "empty-input"


class UnknownFormatError(InputError):
    """An input is in no format that can be read. Remedy: export it as one of those named."""

    code = "unknown-format"


class TruncatedInputError(InputError):
    """An input ends in the middle. Remedy: copy or download it again; nothing of it is kept."""

    code = "truncated-input"


class UnpackedTooLargeError(InputError):
    """A packed input unpacks to suspiciously much. Remedy: raise the limit if it is to be so."""

    code = "unpacked-too-large"


class UnknownEncodingError(InputError):
    """The encoding of a text cannot be told or is not known. Remedy: give it by name."""

    code = "unknown-encoding"


class HeaderError(InputError):
    """A table's first line is no header that can be used. Remedy: give the column names."""

    code = "header"


class MissingColumnError(InputError):
    """A column that is needed was not found. Remedy: name it."""

    code = "missing-column"


class UnreadableTimesError(InputError):
    """The column of times holds none. Remedy: name another column, or mend the times."""

    code = "unreadable-times"


class BrokenInputError(InputError):
    """An input breaks the rules of its format from some place on. Remedy: mend that place."""

    code = "broken-input"


class PresetError(InputError):
    """A preset does not fit the input or the other options. Remedy: leave one of them out."""

    code = "preset"
