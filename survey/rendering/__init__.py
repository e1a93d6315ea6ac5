"""Findings become bytes: PDF, XLSX, CSV, JSON, charts, posters.  No database and no request reaches this far."""
