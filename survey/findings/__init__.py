"""Findings: one frozen value, built once, rendered as page, PDF, XLSX, CSV and JSON."""
