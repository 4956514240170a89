"""After an erasure nothing of that person is in any row, queue, log, mail or export."""
