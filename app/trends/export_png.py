"""A chart as PNG, with a font that has Chinese in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import resvg_py

from app.errors import Unavailable
from app.trends.export_svg import PAPER

ZOOM = 2.0
"""Sharp on dense screens and in slides."""

FOLDERS: tuple[Path, ...] = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
KNOWN: tuple[tuple[str, str], ...] = (
    ("NotoSansCJK*.ttc", "Noto Sans CJK SC"),
    ("NotoSansCJKsc*.otf", "Noto Sans CJK SC"),
    ("NotoSansSC*", "Noto Sans SC"),
    ("SourceHanSansSC*", "Source Han Sans SC"),
    ("SourceHanSansCN*", "Source Han Sans CN"),
    ("PingFang.ttc", "PingFang SC"),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB"),
    ("msyh*", "Microsoft YaHei"),
    ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
    ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
    ("simhei.ttf", "SimHei"),
)
"""Files with Chinese and Latin letters, the best first, and what their family is called."""
WEIGHTS = ("Regular", "Bold")


@dataclass(frozen=True, slots=True)
class Font:
    """One family and its files."""

    family: str
    files: tuple[str, ...]


def chart_png(svg: str) -> bytes:
    """The drawing as PNG. Raises Unavailable where the machine has no font with Chinese letters."""
    font = find_font(FOLDERS)
    if font is None:
        raise Unavailable("export.no_font")
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        background=PAPER,
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=list(font.files),
        font_family=font.family,
        sans_serif_family=font.family,
    )


@lru_cache(maxsize=4)
def find_font(folders: tuple[Path, ...]) -> Font | None:
    """The first known font that is installed, with its bold where that is a file of its own."""
    for pattern, family in KNOWN:
        for folder in folders:
            files = sorted(folder.rglob(pattern)) if folder.is_dir() else []
            if files:
                plain = [file for file in files if any(weight in file.stem for weight in WEIGHTS)]
                return Font(family, tuple(str(file) for file in plain or files[:2]))
    return None
