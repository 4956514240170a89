"""Replies of the store's twin in memory."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.audit import Act
from chalicelib.domain.reply import Reply
from chalicelib.store.memory_cases import MemoryCases
from chalicelib.store.memory_incidents import refuse_unless


class MemoryReplies(MemoryCases):
    """Implements `ports.ReplyStore` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._replies: dict[tuple[str, str], Reply] = {}

    def load_reply(self, business_id: str, feedback_id: str) -> Reply | None:
        """See `ports.ReplyStore`."""
        return self._replies.get((business_id, feedback_id))

    def save_reply(self, reply: Reply, act: Act | None = None) -> Reply:
        """See `ports.ReplyStore`."""
        key = (reply.business_id, reply.feedback_id)
        stored = self._replies.get(key)
        version = stored.version if stored else 0
        refuse_unless(reply.version == version, "reply to", reply.feedback_id)
        self._replies[key] = saved = replace(reply, version=version + 1)
        if act is not None:
            self.save_act(act)
        return saved

    def due_replies(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """See `ports.ReplyStore`."""
        due = [
            (reply.due, key)
            for key, reply in self._replies.items()
            if reply.is_waiting and reply.due is not None and reply.due <= now
        ]
        return [key for _, key in sorted(due)[:limit]]

    def replies_of(self, business_id: str) -> list[Reply]:
        """See `ports.ReplyStore`."""
        return [one for (owner, _), one in sorted(self._replies.items()) if owner == business_id]

    def forget_reply(self, business_id: str, feedback_id: str) -> None:
        """See `ports.ReplyStore`."""
        self._replies.pop((business_id, feedback_id), None)
