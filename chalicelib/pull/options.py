"""Options of a source as heedful.toml gives them, in the shapes that people write them in."""

from collections.abc import Mapping

from chalicelib.domain.errors import SettingsError


def words_of(options: Mapping[str, object], name: str) -> tuple[str, ...]:
    """One word or a list of them. Raises SettingsError for anything else."""
    given = options.get(name, ())
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise SettingsError(f'{name} is a text or a list of texts, such as {name} = ["one", "two"]')
    return tuple(one.strip() for one in given if one.strip())


def word_of(options: Mapping[str, object], name: str) -> str:
    """One word. Raises SettingsError when there is none."""
    words = words_of(options, name)
    if len(words) != 1:
        raise SettingsError(f'{name} is one text, such as {name} = "one"')
    return words[0]


def is_wanted(options: Mapping[str, object], name: str) -> bool:
    """True or false, false when it is not there. Raises SettingsError for anything else."""
    given = options.get(name, False)
    if not isinstance(given, bool):
        raise SettingsError(f"{name} is true or false, without quotation marks")
    return given


def number_of(options: Mapping[str, object], name: str, usual: int, *, most: int) -> int:
    """A whole number from 1 to `most`. Raises SettingsError for anything else."""
    given = options.get(name, usual)
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= most:
        raise SettingsError(f"{name} is a whole number from 1 to {most}")
    return given
