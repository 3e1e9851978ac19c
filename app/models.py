"""Every table, imported once, so that the metadata is whole."""

from app.accounts import models as accounts
from app.db import Base
from app.incidents import models as incidents
from app.initiatives import models as initiatives
from app.metrics import models as metrics
from app.reports import models as reports

__all__ = ["Base", "accounts", "incidents", "initiatives", "metrics", "reports"]
