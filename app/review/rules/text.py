"""Rules about what is written: generic, contradicted, assumed, deferred."""

from __future__ import annotations

import re

from app.review.claims import contradictions
from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.review.wording import generic, same, sentences, stems, vocabulary

ASSUMED = re.compile(
    r"\b(?:we assume|assum(?:ing|ed|ption)|presumably|probably|we believe|we think|we expect|hopefully|"
    r"should be fine|as far as we know)\b",
    re.IGNORECASE,
)
TESTED = re.compile(
    r"\b(?:test\w*|check\w*|measur\w*|verif\w*|confirm\w*|confiden\w*|survey\w*|compar\w*)\b|\d",
    re.IGNORECASE,
)
DEFERRED = re.compile(
    r"\b(?:TBD|TBC|TODO|to be (?:decided|defined|determined|done)|later on|not yet|for now|phase (?:2|two)|"
    r"next phase|in (?:a|the) future|future work|postponed|deferred|will be (?:decided|defined) later)\b",
    re.IGNORECASE,
)
TRIGGERED = re.compile(
    r"\b(?:when|once|if|as soon as|after|until|by|before|from|on) [\w\s]*\w|\d{4}", re.IGNORECASE
)
LANGUAGE = re.compile(
    r"\b(?:LLMs?|GPT\S*|chat ?bots?|large language models?|language models?|generative|prompts?|RAG)\b",
    re.IGNORECASE,
)
GUARDED = re.compile(
    r"\b(?:eval(?:uation)? sets?|golden (?:set|answers|questions)|permissions?|allow-?list|tool use)\b",
    re.IGNORECASE,
)
MUST_BE_OWN = (
    "framing.decision",
    "framing.actions",
    "framing.other_harm",
    "framing.goals",
    "framing.anti_goals",
    "framing.non_ml",
    "framing.kill",
    "data.label",
    "errors.next_step",
    "serving.mode_reason",
    "rollout.stop_if",
    "rollout.way_back",
    "reproducibility.rollback",
    "monitoring.first_move",
    "baselines.reason",
)
MAY_BE_NEW = ("framing.actions", "framing.anti_goals")
ENOUGH = 3


def _generic(view: View) -> tuple[Hit, ...]:
    own, hits = vocabulary(view), []
    for text in view.texts:
        if str(text.place) not in MUST_BE_OWN:
            continue
        # What is done or ruled out may be new to the data; three words that say something are enough.
        short = str(text.place) in MAY_BE_NEW and len(stems(text.words)) >= ENOUGH
        nouns = own | stems(text.words) if short else own
        why = "it is the example" if same(text.words, text.example) else generic(text.words, nouns)
        if why:
            hits.append(Hit(f"{text.label} “{text.words[:80]}”: {why}.", text.place))
    return tuple(hits)


def _assumed(view: View) -> tuple[Hit, ...]:
    return tuple(
        Hit(f"“{sentence[:140]}”", text.place)
        for text in view.texts
        for sentence in sentences(text.words)
        if ASSUMED.search(sentence) and not TESTED.search(sentence)
    )


def _deferred(view: View) -> tuple[Hit, ...]:
    return tuple(
        Hit(f"“{sentence[:140]}”", text.place)
        for text in view.texts
        for sentence in sentences(text.words)
        if (found := DEFERRED.search(sentence))
        and not TRIGGERED.search(sentence.replace(found[0], " "))
    )


def _language_model(view: View) -> tuple[Hit, ...]:
    for text in view.texts:
        if LANGUAGE.search(text.words) and not GUARDED.search(view.everything):
            return (
                Hit(f"“{text.words[:120]}”: neither answers to test it on nor limits.", text.place),
            )
    return ()


RULES = (
    Rule(
        key="L48",
        title="Assumed, not tested",
        section="S7",
        severity="minor",
        dimension="framing",
        question="How sure are you, and what is the cheapest thing that would prove you wrong?",
        why="An assumption nobody tests is found out by production.",
        fix="Say how sure you are and how it is tested, with a number or a date.",
        place=Place("framing", "other_harm"),
        found=_assumed,
        not_yet="There is no list of assumptions yet: read from the texts.",
    ),
    Rule(
        key="L49",
        title="It could stand in any document",
        section="S2",
        severity="minor",
        dimension="framing",
        question="Which word here would be wrong for any other project?",
        why="Text that fits everything decides nothing.",
        fix="Name columns, people, places and numbers of this project.",
        place=Place("framing", "decision"),
        found=_generic,
    ),
    Rule(
        key="L50",
        title="A text says something else than the record",
        section="S18",
        severity="veto",
        dimension="metrics",
        question="When was this sentence last true?",
        why="Readers remember the sentence, not the table. One wrong number costs all the others.",
        fix="Take the number from the record, or leave it out: the document shows the measured one.",
        place=Place("baselines", "reason"),
        found=contradictions,
    ),
    Rule(
        key="L53",
        title="Put off without a day",
        section="S35",
        severity="minor",
        dimension="framing",
        question="What would have to happen for you to come back to this?",
        why="“Later” without a trigger is “never”.",
        fix="Add when, or on what sign, it is looked at again.",
        place=Place("framing", "other_harm"),
        found=_deferred,
        not_yet="Sections cannot be marked as deferred yet: read from the texts.",
    ),
    Rule(
        key="L55",
        title="A language model without a test",
        section="S37",
        severity="veto",
        dimension="serving",
        question="Which hundred answers would you show to somebody who doubts it?",
        why="What writes freely fails freely: it needs answers to be judged by, and limits on what it may do.",
        fix="Describe the evaluation set, and which tools it may use.",
        place=Place("serving", "mode_reason"),
        found=_language_model,
        not_yet="Language models have no fields yet: read from the texts.",
    ),
)
