"""An answer in a notebook: typed rows, Arrow, pandas, polars, a table to look at and a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from typing_extensions import override

from sojourn.api.display import answer_html, answer_text
from sojourn.api.pieces import one_kind, parts_of
from sojourn.base.errors import InputError, MissingExtraError
from sojourn.insight.answer import Labelled
from sojourn.insight.flat import flat_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from matplotlib.axes import Axes

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.insight.answer import Answer

RowT_co = TypeVar("RowT_co", covariant=True)


class SplitAxesError(InputError):
    """One pair of axes cannot hold several groups. Remedy: plot each of ``parts()`` by itself."""

    code = "split-axes"

    def __init__(self) -> None:
        super().__init__(
            "The answer has several groups or periods, which one pair of axes cannot hold.",
            remedy="Call plot() without axes, or plot one of parts().",
        )


class Result(Generic[RowT_co]):
    """An answer with its rows and the forms a notebook wants them in.

    Attributes
    ----------
    rows : tuple
        Frozen dataclasses, as the question's page documents them.
    labels : tuple of mapping
        Beside each row whose it is: ``group`` where the question was asked ``by`` a property,
        ``period`` where it was compared; empty otherwise.
    """

    def __init__(self, answer: Answer[object], rows: tuple[RowT_co, ...]) -> None:
        self._answer = answer
        self.rows = rows
        self.labels: tuple[Mapping[str, str], ...] = tuple(
            dict(row.labels) if isinstance(row, Labelled) else {} for row in answer.rows
        )

    @property
    def spec(self) -> object:
        """The question as it was asked."""
        return self._answer.spec

    @property
    def as_of(self) -> datetime:
        """The newest moment the data speak of (UTC)."""
        return self._answer.as_of

    @property
    def beside(self) -> Mapping[str, JsonValue]:
        """What the answer holds beside its rows, such as totals and histograms."""
        return self._answer.extra or {}

    def parts(self) -> tuple[tuple[Mapping[str, str], Result[RowT_co]], ...]:
        """Return the answer of each group and period with its labels; one where not split."""
        return tuple(
            (labels, Result(part, tuple(r for r, whose in self._pairs() if whose == labels)))
            for labels, part in parts_of(self._answer)
        )

    def _pairs(self) -> Iterator[tuple[RowT_co, Mapping[str, str]]]:
        return zip(self.rows, self.labels, strict=True)

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
        """Return the rows as an Arrow table; ``x`` is accompanied by ``x_low, x_high, x_n``.

        A list of names with their counts becomes a list of ``{name, count}``.
        """
        import pyarrow as pa

        rows = flat_rows(self._answer)
        return pa.Table.from_pylist([{name: one_kind(v) for name, v in r.items()} for r in rows])

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
        """Draw the answer the way its question is best seen, and return the (first) axes.

        An answer in groups or periods is drawn side by side, at most eight of them.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        SplitAxesError
            If axes are given for an answer of several groups.
        """
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            raise MissingExtraError("matplotlib", "plot") from None
        from sojourn.api.plots.draw import draw, draw_parts

        parts = parts_of(self._answer)
        if len(parts) < 2:
            return draw(self._answer, ax or plt.subplots(layout="constrained")[1])
        if ax is not None:
            raise SplitAxesError
        return draw_parts(parts)

    def __len__(self) -> int:
        return len(self._answer.rows)

    @override
    def __repr__(self) -> str:
        return answer_text(self._answer)

    def _repr_html_(self) -> str:
        return answer_html(self._answer)
