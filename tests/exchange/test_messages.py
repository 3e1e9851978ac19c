"""Whatever is said of a page, an archive or a backup has its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.exchange
from app.web.i18n import translate

FOLDER = Path(app.exchange.__file__).parent
KEYS = sorted(
    {
        key
        for path in FOLDER.glob("*.py")
        for key in re.findall(r'"(exchange(?:\.[a-z_]+)+)"', path.read_text())
    }
)


@pytest.mark.parametrize("key", KEYS)
def test_has_words_in_both_languages(key: str) -> None:
    values = dict.fromkeys(("why", "limit", "name", "size", "period", "first", "slug", "known"), "x")
    values |= dict.fromkeys(("week", "team", "found", "count", "folder"), "x")
    english, chinese = (translate(language).key(key, **values) for language in ("en", "zh"))
    assert english != translate("en").gettext("refused")
    assert chinese != translate("zh").gettext("refused")
    assert re.search(r"[一-鿿]", chinese)
