"""Joins the features together: what happens in others when a week is published or shown."""

from app import models
from app.incidents import actions as incident_actions
from app.incidents import queries as incident_queries
from app.metrics import actions as metric_actions
from app.metrics import queries as metric_queries
from app.metrics import usual
from app.metrics import weeks as metric_weeks
from app.reports import events, weeks_page

TABLES = models.Base.metadata.tables
"""Every table, known before the first statement."""


def join() -> None:
    """Fill the lists of `app.reports.events`; calling it again changes nothing."""
    events.on_publication[:] = [metric_actions.keep_readings, incident_actions.keep_incidents]
    events.on_working_copy_change[:] = [incident_actions.follow_text]
    events.page_notes[:] = [metric_queries.notes_for_page, incident_queries.notes_for_page]
    events.entry_notes[:] = [metric_queries.notes_for_entry, incident_queries.notes_for_page]
    events.usual_metrics[:] = [usual.usual_metrics]
    weeks_page.week_figures[:] = [metric_weeks.figures_of_weeks]


join()
