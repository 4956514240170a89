"""docs/openapi.yaml says what the app does: the same routes, methods, content types and words."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

import app
from chalicelib.pull.webhooks.reception import BODY_LIMIT
from chalicelib.recover.hand_over import HandOverReason
from chalicelib.wiring import WEBHOOKS

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
METHODS = {"get", "post", "head", "put", "patch", "delete", "options"}


def test_the_document_has_the_routes_of_the_app_and_no_other() -> None:
    told = {path: METHODS & set(each) for path, each in DOCUMENT["paths"].items()}

    assert told == {
        path: {method.lower() for method in methods} for path, methods in app.app.routes.items()
    }


def test_each_route_takes_the_content_types_that_the_document_tells() -> None:
    for path, methods in app.app.routes.items():
        for method, route in methods.items():
            told = DOCUMENT["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
            if method == "POST":
                assert set(told) == set(route.content_types), path
            else:
                assert not told, path


def test_every_operation_has_a_name_of_its_own_and_its_parameters() -> None:
    operations = [
        (path, each[method])
        for path, each in DOCUMENT["paths"].items()
        for method in METHODS & set(each)
    ]
    names = [operation["operationId"] for _, operation in operations]

    assert len(set(names)) == len(names)
    for path, each in DOCUMENT["paths"].items():
        told = {
            one.get("name") or one["$ref"].rpartition("/")[2] for one in each.get("parameters", [])
        }
        assert told == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_every_reference_leads_somewhere() -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    for reference in references(DOCUMENT):
        here: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            here = here[part]


def test_the_document_s_words_are_the_code_s() -> None:
    decision = DOCUMENT["components"]["schemas"]["Decision"]["properties"]

    assert decision["reason"]["enum"] == [*HandOverReason]
    assert f"{BODY_LIMIT // 1024} KiB" in TEXT
    told = DOCUMENT["paths"]["/surveys/{business}/{provider}"]["post"]["description"]
    for kind in WEBHOOKS:
        if kind not in ("jotform", "messages"):
            assert kind in told, kind
