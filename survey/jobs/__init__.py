"""Work that outlives a request: a queue that wakes the worker, and a row of ours that tells how far it is."""
