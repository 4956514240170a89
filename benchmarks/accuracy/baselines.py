"""VADER, TextBlob, and TF-IDF with logistic regression on the pool, as others would do it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Predict = Callable[[Sequence[str]], Array]
"""Texts to scores in three columns: negative, neutral, positive."""

VADER_EDGE = 0.05
TEXTBLOB_EDGE = 0.1


def vader() -> Predict:
    """VADER's compound with its own edges of 0.05."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return lambda texts: _columns(
        [analyser.polarity_scores(text)["compound"] for text in texts], VADER_EDGE
    )


def textblob() -> Predict:
    """TextBlob's polarity, neutral within 0.1."""
    from textblob import TextBlob

    return lambda texts: _columns([TextBlob(text).polarity for text in texts], TEXTBLOB_EDGE)


def _columns(scores: Sequence[float], edge: float) -> Array:
    """Give columns whose greatest is the class, and whose order of negatives is kept."""
    values = np.array(scores)
    neutral = np.full(len(values), edge)
    return np.column_stack([-values, neutral, values])


def tfidf(pool: Path) -> Predict:
    """Words and pairs of words, logistic regression with balanced classes, on the pool's train."""
    import pandas
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = pandas.read_parquet(pool / "sentiment.parquet")
    rows = rows[rows.split == "train"]
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    matrix = words.fit_transform(rows.text)
    model = LogisticRegression(C=4.0, max_iter=300, class_weight="balanced")
    model.fit(matrix, rows.label)
    order = [list(model.classes_).index(name) for name in ("negative", "neutral", "positive")]
    return lambda texts: np.asarray(model.predict_proba(words.transform(texts))[:, order])


def all_baselines(pool: Path | None) -> dict[str, Predict]:
    """Give those whose libraries (training/requirements.txt) and data are here."""
    found: dict[str, Predict] = {}
    try:
        found["VADER"] = vader()
        found["TextBlob"] = textblob()
        if pool is not None and pool.is_dir():
            found["TF-IDF"] = tfidf(pool)
    except ImportError:
        return found
    return found
