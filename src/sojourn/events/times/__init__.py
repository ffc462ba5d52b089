"""Reading written times, a column at a time."""

from sojourn.events.times.parse import Instants, parse_times
from sojourn.events.times.plan import ColumnLook, TimePlan, decide, look_at, observe

__all__ = ["ColumnLook", "Instants", "TimePlan", "decide", "look_at", "observe", "parse_times"]
