"""Words of a text: stems, the project's own nouns, and phrases that fit any project."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.review.stopwords import COMMON, NUMBER_WORDS
from app.review.view import View

WORD = re.compile(r"[^\W\d_]{3,}")
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+| · ")
LONGEST = 600
DIGIT = re.compile(r"\d")
BOILERPLATE = (
    r"best practices?",
    r"state[- ]of[- ]the[- ]art",
    r"cutting[- ]edge",
    r"world[- ]class",
    r"industry[- ]standard",
    r"leverag\w+",
    r"seamless\w*",
    r"data[- ]driven",
    r"business value",
    r"key stakeholders?",
    r"as needed",
    r"as appropriate",
    r"if necessary",
    r"in a timely manner",
    r"optimi[sz]e (?:the )?(?:business|process|outcome|efficien)\w*",
    r"improv\w* (?:the )?(?:efficiency|user experience|customer experience|business|outcomes?)",
    r"robust and scalable",
    r"high[- ]quality (?:data|predictions|model)",
    r"advanced (?:machine learning|analytics|algorithms?)",
    r"actionable insights?",
    r"and so on",
    r"lorem ipsum",
    r"various (?:factors|reasons|stakeholders|sources)",
)
PHRASES = re.compile(r"\b(?:" + "|".join(BOILERPLATE) + r")\b", re.IGNORECASE)
ENDINGS = (
    "ations",
    "ation",
    "ings",
    "ing",
    "ions",
    "ion",
    "ies",
    "ers",
    "ed",
    "es",
    "er",
    "s",
    "e",
    "y",
)


def stem(word: str) -> str:
    """Return a word without its ending: crude, and the same for every form that matters here."""
    word = word.casefold()
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def stems(words: str) -> set[str]:
    """Return the stems of the words that say something."""
    parts = (w.casefold() for w in WORD.findall(words.replace("_", " ")))
    return {stem(word) for word in parts if word not in COMMON}


def sentences(words: str) -> list[str]:
    """Return the sentences of a text."""
    parts = (part.strip() for part in SENTENCE.split(words))
    # A text without a full stop is read in pieces: no pattern may take longer than its length.
    return [p[at : at + LONGEST] for p in parts for at in range(0, len(p), LONGEST)]


def names(view: View) -> set[str]:
    """Return the stems of what the data calls things: columns, meanings, title, feeds, slices."""
    data = view.project.data
    columns = (f"{c.name} {c.meaning} {c.unit}" for c in data.columns)
    feeds = (one.name for one in view.choices("serving").dependencies)
    slices = (one.name for one in view.choices("errors").cohorts)
    said = (data.title, view.project.name, view.said("framing.currency"))
    return stems(" ".join((*columns, *feeds, *slices, *said)))


def vocabulary(view: View) -> set[str]:
    """Return the project's own nouns: those of the data, of the decision, and of the label."""
    told = ("framing.decision", "framing.who", "data.label")
    own = names(view)
    # A decision in words of any project brings no nouns of this one.
    decided = stems(view.said("framing.decision"))
    if decided & own or DIGIT.search(view.said("framing.decision")):
        own |= stems(" ".join(view.said(place) for place in told))
    return own


def generic(words: str, own: set[str]) -> str:
    """Say why a text fits any project; empty when it does not."""
    phrase = PHRASES.search(words)
    if phrase:
        return f"“{phrase[0]}” fits any project"
    if DIGIT.search(words) or stems(words) & own or set(words.casefold().split()) & NUMBER_WORDS:
        return ""
    if len(words.split()) < 2:
        return ""
    return "it holds no column, name or number of this project"


def same(one: str, other: str) -> bool:
    """Say whether two texts are the same but for blanks, dots and capitals."""
    return bool(one.strip()) and _bare(one) == _bare(other)


def _bare(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def mentions(pattern: str, texts: Iterable[str]) -> str:
    """Return the first sentence in which a pattern is found, or nothing."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return next((s for text in texts for s in sentences(text) if wanted.search(s)), "")
