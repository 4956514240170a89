"""Ten thousand unhappy voices within an hour: what is stored, what is told, and how often."""

import sys

from proofs.storm.storm import most_within_an_hour, run_storm

VOICES = 10_000


def main(arguments: list[str]) -> int:
    """0 when nothing is lost and the caps hold. The argument is another number of voices."""
    storm = run_storm(int(arguments[0]) if arguments else VOICES)
    for trouble in storm.troubles:
        sys.stdout.write(f"{trouble}\n")
    sys.stdout.write(
        f"storm: {storm.stored} of {storm.voices} stored and {storm.negative} counted, "
        f"{storm.in_the_hour(storm.emails)} e-mails and {storm.in_the_hour(storm.texts)} SMS in "
        f"the hour (at most {most_within_an_hour(storm.emails)} and "
        f"{most_within_an_hour(storm.texts)} in any sixty minutes of the day), "
        f"{storm.told} of {storm.critical} critical ones told\n"
    )
    return 1 if storm.troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
