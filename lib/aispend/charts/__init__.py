"""The few chart forms, each from a frame to an `Exhibit`: dots, timeline, ladder, heat, table, scenarios, tornado.

Every picture is drawn twice, for wide columns and for telephones, because a chart that is merely shrunk
cannot be read.
"""

from aispend.charts.choice_grid import heat
from aispend.charts.dot_plot import dots
from aispend.charts.scenario_dots import scenarios, tornado
from aispend.charts.step_ladder import ladder
from aispend.charts.word_table import table
from aispend.charts.line_panels import timeline

__all__ = ["dots", "heat", "ladder", "scenarios", "table", "timeline", "tornado"]
