"""What changed between two texts, on boundaries that people read at."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.words import compare_texts, mirrored, words_of
from tests.document.strategies import typed

PIECES = (
    "上线",
    "6/17",
    "99.972%",
    "进度",
    "完成",
    "，",
    "已",
    "未",
    " ",
    "release 2.0",
    "渠道",
    "12月5日",
    "\n",
    "。",
)
texts = st.one_of(typed, st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def told(old: str, new: str) -> str:
    """The change in one line: `[-gone-]{+new+}`."""
    marks = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(marks[run.kind].format(run.text) for run in compare_texts(old, new))


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("预计6/17上线", ["预", "计", "6/17", "上", "线"]),
            ("12月15日提测", ["12月15日", "提", "测"]),
            ("成功率99.972%", ["成", "功", "率", "99.972%"]),
            ("6/5 8:48~9:50恢复", ["6/5", " ", "8:48~9:50", "恢", "复"]),
            ("1,029,126,803.25元", ["1,029,126,803.25", "元"]),
            ("use gateway-core 2.0", ["use", " ", "gateway-core", " ", "2.0"]),
        ],
    )
    def test_keep_numbers_dates_times_and_latin_words_whole(self, text: str, words: list[str]) -> None:
        assert words_of(text) == words

    @given(texts)
    def test_are_the_text_again_when_joined(self, text: str) -> None:
        assert "".join(words_of(text)) == text


class TestAChange:
    @pytest.mark.parametrize(
        ("old", "new", "change"),
        [
            ("入金成功率：99.972%", "入金成功率：99.981%", "入金成功率：[-99.972%-]{+99.981%+}"),
            ("12月5日上线", "12月15日上线", "[-12月5日-]{+12月15日+}上线"),
            (
                "对账单提测，进度60%",
                "对账单已上线，进度100%",
                "对账单[-提测-]{+已上线+}，进度[-60%-]{+100%+}",
            ),
            ("由青禾银行排查", "由南山银行排查", "由[-青禾-]{+南山+}银行排查"),
            ("值守72小时", "值守72小时无异常", "值守72小时{+无异常+}"),
            ("planned for June 7", "done on June 9", "[-planned for-]{+done on+} June [-7-]{+9+}"),
        ],
    )
    def test_is_told_in_words(self, old: str, new: str, change: str) -> None:
        assert told(old, new) == change

    def test_takes_the_scrap_between_two_changes_along(self) -> None:
        assert told("共渠道甲的数", "共商户乙的量") == "共[-渠道甲的数-]{+商户乙的量+}"

    def test_takes_the_rest_of_a_changed_word_along(self) -> None:
        assert told("研发，测试", "开发，测试") == "[-研发-]{+开发+}，测试"

    @settings(deadline=None)
    @given(texts, texts)
    def test_applied_to_the_old_text_gives_the_new_one(self, old: str, new: str) -> None:
        runs = compare_texts(old, new)
        assert "".join(run.text for run in runs if run.kind != "insert") == old
        assert "".join(run.text for run in runs if run.kind != "delete") == new

    @settings(deadline=None)
    @given(texts, texts)
    def test_is_the_same_the_other_way_round(self, old: str, new: str) -> None:
        assert compare_texts(new, old) == mirrored(compare_texts(old, new))

    @given(texts)
    def test_of_nothing_is_none(self, text: str) -> None:
        assert all(run.kind == "equal" for run in compare_texts(text, text))

    @settings(deadline=None)
    @given(texts, texts)
    def test_never_cuts_a_number(self, old: str, new: str) -> None:
        at = 0
        cuts = set()
        for run in compare_texts(old, new):
            if run.kind != "insert":
                at += len(run.text)
                cuts.add(at)
        start = 0
        for word in words_of(old):
            end = start + len(word)
            assert not any(start < cut < end for cut in cuts)
            start = end


class TestHostileTexts:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("甲乙丙丁" * 5_000, "丁丙乙甲" * 5_000),
            (" ".join(map(str, range(9_000))), " ".join(map(str, reversed(range(9_000))))),
            ("1" * 60_000, "1:" * 30_000),
            ("a b " * 16_000, "b a " * 16_000),
        ],
        ids=["characters", "reversed", "digits", "pairs"],
    )
    def test_of_64_kilobytes_are_compared_in_a_moment(self, old: str, new: str) -> None:
        began = time.process_time()
        runs = compare_texts(old, new)
        assert time.process_time() - began < 1
        assert "".join(run.text for run in runs if run.kind != "delete") == new
