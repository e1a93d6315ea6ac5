"""Services write: one verb each.  None of them commits, and none knows the request."""
