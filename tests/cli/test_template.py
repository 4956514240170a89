"""What `heedful init` writes: an example of every kind of source, each good as it stands."""

from pathlib import Path

import pytest

from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.errors import SettingsError
from chalicelib.wiring import PULLED, SourceKinds
from proofs.sources.examples import TEMPLATE, examples

TEXT = TEMPLATE.read_text(encoding="utf-8")
EXAMPLES = examples(TEXT)
BUSINESS = TEXT[: TEXT.index("# Where customers speak.")]


def test_every_kind_of_source_has_an_example() -> None:
    assert set(EXAMPLES) == set(SourceKinds())


def test_all_examples_together_are_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "heedful.toml"
    path.write_text("\n\n".join([BUSINESS, *EXAMPLES.values()]))

    (business,) = read_businesses(path, SourceKinds())

    assert len(business.sources) == len(EXAMPLES)
    assert {source.kind for source in business.sources if source.is_pulled} == set(PULLED)
    named = [source.secret for source in business.sources if source.secret]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_whose_source_needs_a_secret_names_one(kind: str) -> None:
    assert not SourceKinds()[kind].needs_secret or "\nsecret = " in EXAMPLES[kind]


def test_a_planted_option_that_no_source_knows_is_found(tmp_path: Path) -> None:
    path = tmp_path / "heedful.toml"
    path.write_text(f"{BUSINESS}\n{EXAMPLES['rss']}\nadress = 'https://blog.example'\n")

    with pytest.raises(SettingsError, match="adress"):
        read_businesses(path, SourceKinds())
