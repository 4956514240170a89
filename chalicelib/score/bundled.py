"""The bundled model as the rest of the product sees it: texts in, readings out.

Loading is lazy: `load` only checks the files; the network starts with the first text. Everything is
decided per text, so the order and the company of a text never change its reading.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chalicelib.domain.sentiment import (
    AspectReading,
    CriticalKind,
    Emotion,
    JourneyStage,
    Polarity,
    Reading,
    ReadingStatus,
    Sentiment,
    TextToRead,
    Topic,
)
from chalicelib.score.aspects import closeness, found_aspects, own_topic
from chalicelib.score.because import find_reasons
from chalicelib.score.critical import find_critical
from chalicelib.score.engine import Engine, polarity_logits, pooled
from chalicelib.score.files import HERE, ModelFiles, check_files
from chalicelib.score.language import Verdict, tell_language
from chalicelib.score.network import Answer
from chalicelib.score.numbers import Calibration, logit, sigmoid
from chalicelib.score.passages import sentences
from chalicelib.score.wording import has_words, worded

NO_WORDS = "no words to read"


class BundledModel:
    """Reads customers' texts with the model inside the package."""

    def __init__(self, files: ModelFiles) -> None:
        self._files = files
        self._numbers: Mapping[str, Any] = files.numbers
        self._calibration = Calibration.from_numbers(files.numbers["calibration"])
        self._engine: Engine | None = None
        self._meanings: dict[str, Any] = {}

    @classmethod
    def load(cls, directory: Path | None = None) -> "BundledModel":
        """Check the model's files (by default those in the package) and give a ready model.

        Raises ModelFileError when one is missing or damaged.
        """
        return cls(check_files(directory if directory is not None else HERE))

    @property
    def version(self) -> str:
        """The version of weights and numbers, as every reading carries it."""
        return str(self._numbers["version"])

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """Give one reading per text, in the order of the texts.

        `languages` are those the business's customers write in; `topics` are names the owner added.
        """
        return [self._read_one(text, languages, topics) for text in texts]

    def _read_one(
        self, given: TextToRead, languages: Sequence[str], topics: Sequence[str]
    ) -> Reading:
        text = worded(given.text)
        if not has_words(text):
            return self._unread(given, NO_WORDS, None)
        verdict = self._language(text, given, languages)
        if not verdict.is_english:
            reason = (
                "language not recognised"
                if verdict.language == "und"
                else f"language {verdict.language} is not read"
            )
            return self._unread(given, reason, verdict.language)
        return self._scored(text, given, topics)

    def _language(self, text: str, given: TextToRead, languages: Sequence[str]) -> Verdict:
        if given.language is not None:
            code = given.language.lower().replace("_", "-").split("-")[0]
            if code not in ("en", "und", ""):
                return Verdict(code, False)
        expected = ("en",) if given.language else languages
        return tell_language(
            text,
            guess=self._started().guess(text),
            english_words=self._started().english_words,
            expected=expected,
        )

    def _unread(self, given: TextToRead, reason: str, language: str | None) -> Reading:
        return Reading(
            status=ReadingStatus.UNSCORED,
            reason=reason,
            language=language,
            evidence=self._calibration.evidence(None, given.stars),
            model_version=self.version,
        )

    def _scored(self, text: str, given: TextToRead, topics: Sequence[str]) -> Reading:
        engine = self._started()
        answers = engine.answers(text)
        sentiment = self._sentiment(answers)
        outputs = pooled(answers)
        reasons: tuple[str, ...] = ()
        if sentiment.polarity is Polarity.NEGATIVE:
            reasons = find_reasons(text, self._negative_logit)
        thresholds = self._numbers["thresholds"]
        found = found_aspects(tuple(Topic), outputs["topics"], outputs["aspects"], thresholds)
        return Reading(
            status=ReadingStatus.SCORED,
            language="en",
            sentiment=sentiment,
            evidence=self._calibration.evidence(sentiment, given.stars),
            emotions=self._emotions(outputs["emotions"]),
            topics=found + self._own_topics(text, topics),
            stages=found_aspects(
                tuple(JourneyStage), outputs["stages"], outputs["aspects"], thresholds
            ),
            critical=self._critical(text, outputs["critical"], sentiment),
            because=reasons,
            model_version=self.version,
        )

    def _sentiment(self, answers: Sequence[Answer]) -> Sentiment:
        return self._calibration.sentiment(polarity_logits(answers))

    def _negative_logit(self, passage: str) -> float:
        return logit(self._sentiment(self._started().answers(passage)).negative)

    def _emotions(self, logits: Any) -> Mapping[Emotion, float]:
        """Strengths of the emotions that reach their thresholds; at least the strongest one."""
        strengths = {
            emotion: sigmoid(float(value)) for emotion, value in zip(Emotion, logits, strict=True)
        }
        thresholds = self._numbers["emotion_thresholds"]
        above = {name: value for name, value in strengths.items() if value >= thresholds[name]}
        if not above:
            nearest = max(strengths, key=lambda name: strengths[name] / thresholds[name])
            above = {nearest: strengths[nearest]}
        return MappingProxyType(above)

    def _critical(self, text: str, logits: Any, sentiment: Sentiment) -> tuple[CriticalKind, ...]:
        strengths = {
            kind: sigmoid(float(value)) for kind, value in zip(CriticalKind, logits, strict=True)
        }
        numbers = self._numbers["critical"]
        return find_critical(
            text,
            strengths,
            sure=numbers["sure"],
            backed=numbers["backed"],
            hinted=numbers["hinted"],
            is_praise=sentiment.polarity is Polarity.POSITIVE,
        )

    def _own_topics(self, text: str, topics: Sequence[str]) -> tuple[AspectReading, ...]:
        if not topics:
            return ()
        found = []
        read = [self._started().answers(sentence)[0] for sentence in sentences(text)]
        for topic in topics:
            aim = self._meaning(topic)
            closest = max(read, key=lambda answer: closeness(answer.meaning, aim))
            mood = self._sentiment([closest]).polarity
            reading = own_topic(
                topic, closeness(closest.meaning, aim), mood, self._numbers["own_topics"]
            )
            if reading is not None:
                found.append(reading)
        return tuple(found)

    def _meaning(self, topic: str) -> Any:
        if topic not in self._meanings:
            self._meanings[topic] = self._started().answers(worded(topic))[0].meaning
        return self._meanings[topic]

    def _started(self) -> "Engine":
        if self._engine is None:
            self._engine = Engine(self._files)
        return self._engine
