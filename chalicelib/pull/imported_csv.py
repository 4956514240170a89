"""CSV files brought by hand with `heedful import`: no schedule and no webhook."""

from chalicelib.ports import SourceKind

KIND = SourceKind(
    name="import",
    title="CSV files brought by hand (heedful import FILE --source NAME)",
    required={},
    optional={},
    needs_secret=False,
)
