"""All SQL that counts; returns frozen rows."""
