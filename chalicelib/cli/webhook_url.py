"""`heedful webhook-url`: the address that a survey tool must call, where it goes, how to try it."""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.cli.configure import check_file
from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.errors import SettingsError
from chalicelib.ports import Services
from chalicelib.wiring import WEBHOOKS

# Stands in an address for what whoever looks over one's shoulder should not read.
HIDDEN = "THE-FIRST-WORD-OF-ITS-SECRET"


def refuse_unknown(provider: str, path: Path) -> None:
    """Raises SettingsError for what is neither a webhook's kind nor a source of heedful.toml here.

    Somewhere else, where there is no such file, kinds are known and names are not.
    """
    if provider in WEBHOOKS:
        return
    names = (
        {source.name for business in check_file(path) for source in business.sources}
        if path.exists()
        else set()
    )
    if provider not in names:
        raise SettingsError(_no_webhook(provider))


def webhook_lines(
    services: Services, provider: str, business_id: str | None, *, shows_secret: bool
) -> Iterator[str]:
    """What to tell of each source of that name or kind. Raises SettingsError with the next step."""
    business = _business(services, business_id)
    sources = [one for one in business.sources if provider in (one.name, one.kind)]
    webhooks = [one for one in sources if one.kind in WEBHOOKS]
    if not webhooks:
        raise SettingsError(_what_is_missing(business, provider))
    for place, source in enumerate(webhooks):
        if place:
            yield ""
        yield from _lines(services, business, source, shows_secret=shows_secret)


def _lines(
    services: Services, business: Business, source: SourceSettings, *, shows_secret: bool
) -> Iterator[str]:
    kind = services.source_kinds[source.kind]
    yield f"{kind.title}: source {source.name} of {business.business_id}"
    word, trouble = HIDDEN, None
    try:
        secrets = services.secrets.get(source.secret or "")
        word = secrets[0].split()[0] if shows_secret else HIDDEN
        live = "one live value" if len(secrets) == 1 else f"{len(secrets)} live values"
    except SettingsError as error:
        live, trouble = "missing", str(error)
    yield f"  {_address(services.page_address, business, source, word)}"
    yield f"Where it goes. {kind.paste}"
    yield f"Secret. {kind.secret_form[:1].upper()}{kind.secret_form[1:]}."
    yield f"  In SSM it is named {source.secret}: {live}."
    if trouble:
        yield f"  {trouble[:1].upper()}{trouble[1:]}"
    yield f"To try it. {kind.try_it}"


def _address(page_address: str, business: Business, source: SourceSettings, word: str) -> str:
    root = page_address.rstrip("/")
    if source.kind == "messages":
        return f"{root}/messages/{business.business_id}"
    if source.kind == "jotform":
        return f"{root}/surveys/{business.business_id}/jotform/{word}"
    return f"{root}/surveys/{business.business_id}/{source.name}"


def _business(services: Services, business_id: str | None) -> Business:
    known = services.store.list_businesses()
    if business_id is None and len(known) == 1:
        business_id = known[0]
    business = services.store.load_business(business_id) if business_id else None
    if business is None:
        raise SettingsError(
            f"name the business with --business; there are: {', '.join(known) or 'none yet'}"
        )
    return business


def _what_is_missing(business: Business, provider: str) -> str:
    if provider not in WEBHOOKS:
        return _no_webhook(provider)
    name = provider.replace("_", "-")
    return (
        f"{business.business_id} has no source of kind {provider}; add [[business.source]] with "
        f'name = "{name}", kind = "{provider}" and secret = "{business.business_id}/{name}" '
        "to heedful.toml and run heedful apply"
    )


def _no_webhook(provider: str) -> str:
    return f"{provider} is no webhook; there are: {', '.join(sorted(WEBHOOKS))}"
