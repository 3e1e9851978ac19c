"""Every message has its Chinese, every refusal its words in both languages."""

from __future__ import annotations

from app.web import catalogues


def test_nothing_is_left_untranslated() -> None:
    assert [str(problem) for problem in catalogues.problems()] == []


def test_the_check_finds_messages_of_templates_code_and_refusals() -> None:
    messages, keys = catalogues.used_messages(), catalogues.used_keys()
    assert "Skip to the text" in messages  # a template
    assert {"link.ended", "team.not_found", "database.lost", "http.not_found", "csrf.other_site"} <= set(keys)
    assert not set(messages) & set(keys)
