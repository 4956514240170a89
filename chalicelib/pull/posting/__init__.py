"""The way in for an approved reply, one module a site. Only `flow.posting` comes here.

They live beside the sources because they share their logins and know the same sites. Each looks
first whether the site has this very reply already, so that one which was taken just before a
crash is not posted twice, and none writes over an answer that somebody gave by hand.
"""
