"""An answer in a notebook: typed rows, Arrow, pandas, polars, a table to look at and a plot."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Generic, TypeVar

from typing_extensions import override

from sojourn.base.errors import InputError
from sojourn.insight.flat import flat_rows, words

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from matplotlib.axes import Axes

    from sojourn.base.json import JsonObject
    from sojourn.insight.answer import Answer

RowT_co = TypeVar("RowT_co", covariant=True)
_SHOWN = 50


class MissingExtraError(InputError):
    """An optional library is not installed. Remedy: the message names the extra to install."""

    code = "missing-extra"

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed.",
            remedy=f"Install it with: pip install 'sojourn[{extra}]'",
        )


class Result(Generic[RowT_co]):
    """An answer with its rows and the forms a notebook wants them in.

    Attributes
    ----------
    rows : tuple
        Frozen dataclasses, as the question's page documents them.
    """

    def __init__(self, answer: Answer[RowT_co]) -> None:
        self._answer = answer

    @property
    def rows(self) -> tuple[RowT_co, ...]:
        """The typed rows."""
        return self._answer.rows

    @property
    def definition(self) -> str:
        """What is counted, over whom, within what."""
        return self._answer.definition

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must not miss."""
        return self._answer.notes

    def to_json(self) -> JsonObject:
        """Return the object that ``--json`` prints on the command line."""
        return self._answer.to_json()

    def table(self) -> pa.Table:
        """Return the rows as an Arrow table; ``x`` is accompanied by ``x_low, x_high, x_n``."""
        import pyarrow as pa

        return pa.Table.from_pylist(flat_rows(self._answer))

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas data frame.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtraError("pandas", "pandas") from None
        return pd.DataFrame(flat_rows(self._answer))

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars data frame.

        Raises
        ------
        MissingExtraError
            If polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingExtraError("polars", "polars") from None
        frame = pl.from_arrow(self.table())
        if not isinstance(frame, pl.DataFrame):
            raise TypeError(type(frame).__name__)
        return frame

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the rows: the first words against the first figure, with its interval.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            raise MissingExtraError("matplotlib", "plot") from None
        from sojourn.api.plotting import draw

        return draw(flat_rows(self._answer), self._answer.question, ax or plt.subplots()[1])

    def __len__(self) -> int:
        return len(self._answer.rows)

    @override
    def __repr__(self) -> str:
        as_of = f"{self._answer.as_of:%Y-%m-%d %H:%M} UTC"
        return f"<{self._answer.question}: {len(self)} rows, data up to {as_of}>"

    def _repr_html_(self) -> str:
        rows = flat_rows(self._answer)[:_SHOWN]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in (rows[0] if rows else ()))
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(words(value))}</td>' for value in row.values())}</tr>"
            for row in rows
        )
        more = f"<p>{len(self) - _SHOWN:,} more rows</p>" if len(self) > _SHOWN else ""
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
            f"<p>{html.escape(self.definition)}</p><ul>{notes}</ul>"
        )
