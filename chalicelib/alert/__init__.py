"""Who is told what, when, over which channel: deciding and wording are pure, channels are thin."""
