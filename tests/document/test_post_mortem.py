"""The post-mortem as a document."""

from __future__ import annotations

from app.document.writer import write
from app.record.project import Project
from app.stages.drills.postmortem import TEXTS, Decision, PostMortem, Why
from tests.stages.test_postmortem import bare, drill

HOSTILE = "{{ 7*7 }} <script>alert(1)</script> | # *x* [a](javascript:b) שלום 🙂"


def _walked(text: str) -> Project:
    done = drill()
    post = PostMortem(**dict.fromkeys(TEXTS, text), whys=(Why(text=text, check=text),))
    log = Decision(title=text, choice=text, drill=done.code)
    return bare().answered(
        "drills",
        {
            "drills": [done.to_json()],
            "post_mortems": {done.id: post.to_json()},
            "decisions": [log.to_json()],
        },
    )


def test_the_words_of_a_person_come_out_as_words() -> None:
    """Braces, scripts, tables and links in a text are text, in both formats."""
    for to in ("md", "html"):
        found = write(_walked(HOSTILE), "post_mortem", to)
        assert "7*7" in found.replace("\\", "")
        assert "<script" not in found.replace("\\<", "")
        assert "🙂" in found
    page = write(_walked(HOSTILE), "post_mortem", "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript' not in page


def test_a_post_mortem_tells_the_drill_it_is_asked_for() -> None:
    """Numbers of the drill, timeline, whys and decisions stand there; without a drill it says how."""
    found = write(_walked("It was the unit."), "post_mortem", "md", drill="GW-hand-easy-1")
    done = drill().outcome
    assert done is not None
    for words in ("Impact", "Timeline", "It was the unit.", "Harm if nobody acts", "Fall back"):
        assert words in found, words
    empty = write(bare(), "post_mortem", "md")
    assert "No drill has been finished yet" in empty


def test_the_design_document_keeps_the_log() -> None:
    """Decisions and the last post-mortem's summary are part of the design document."""
    found = write(_walked("It was the unit."), "design_document", "md")
    assert "Decision log" in found
    assert "The last post-mortem" in found
