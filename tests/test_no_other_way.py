"""Nothing reaches a customer but through the step that posts what a person approved: the tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


# Who may write over HTTP at all: logins, fetching by POST, and the ways in.
MAY_WRITE = {
    "chalicelib/pull/google_login.py",
    "chalicelib/pull/bluesky_session.py",
    "chalicelib/pull/trustpilot_login.py",
    "chalicelib/cli/checks/noted_http.py",
    "chalicelib/cli/connect.py",
    "chalicelib/pull/intercom.py",
}
WAYS_IN = "chalicelib/pull/posting/"


def ways_out(path: str, tree: ast.Module) -> list[str]:
    """What in a module could reach a customer without `flow.posting`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "posters":
            is_taken = path != "chalicelib/flow/posting.py" and _is_taken(node, tree)
            found += [f"{path}:{node.lineno} takes a way in"] * is_taken
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [getattr(node, "module", None) or "", *(one.name for one in node.names)]
            is_inside = path.startswith(WAYS_IN)
            if any("pull.posting" in name for name in names) and not is_inside:
                found.append(f"{path}:{node.lineno} imports a way in")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_write = node.func.attr in ("post", "put") and any(
                one.arg in ("json", "form", "now") for one in node.keywords
            )
            if is_write and path not in MAY_WRITE and not path.startswith(WAYS_IN):
                found.append(f"{path}:{node.lineno} writes over HTTP")
            is_posting = node.func.attr == "post" and len(node.args) == 2
            # The demo presses buttons of its own pages so.
            if is_posting and path not in ("chalicelib/flow/posting.py", "chalicelib/cli/demo.py"):
                found.append(f"{path}:{node.lineno} posts a reply")
    return found


def _is_taken(node: ast.AST, tree: ast.Module) -> bool:
    """Whether there is a way in may be asked; that is no taking."""
    asked = [
        one for one in ast.walk(tree) if isinstance(one, ast.Compare) and node in one.comparators
    ]
    return not asked


def approvals(path: str, tree: ast.Module) -> list[str]:
    """Where a reply is made APPROVED: the state set, or `approve` called."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "state":
            found += [path] * ast.unparse(node.value).endswith(".APPROVED")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "approve":
            found.append(path)
    return found


def test_there_is_no_other_way_to_a_customer() -> None:
    assert [line for path, tree in _trees() for line in ways_out(path, tree)] == []


def test_only_the_step_with_a_person_in_it_approves() -> None:
    where = {path for path, tree in _trees() for path in approvals(path, tree)}

    assert where <= {"chalicelib/domain/reply.py", "chalicelib/flow/replying.py"}


@pytest.mark.parametrize(
    "planted",
    [
        "services.posters['mastodon'](context).post(feedback, reply)",
        "poster = services.posters.get('mastodon')",
        "from chalicelib.pull.posting.mastodon import MastodonPoster",
        "import chalicelib.pull.posting.mastodon",
        "self._http.post(address, now=now, json={'status': text})",
        "services.http.put(address, now=now, json={})",
    ],
)
def test_a_planted_way_out_is_found(planted: str) -> None:
    assert ways_out("chalicelib/flow/watching.py", ast.parse(planted)) != []


@pytest.mark.parametrize(
    "planted",
    ["approve(reply, text, shown, 'Rosa', now)", "replace(reply, state=ReplyState.APPROVED)"],
)
def test_a_planted_approval_is_found(planted: str) -> None:
    assert approvals("chalicelib/flow/watching.py", ast.parse(planted)) != []
