"""One small change at a time in store, detect, policy, outbox, signatures: does a test fail?"""
