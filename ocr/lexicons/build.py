"""Make words.npz and given_names.txt of a segmenter's word counts: `python -m ocr.lexicons.build dict.txt`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COMMON_SURNAMES = ("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁"
                   "潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢")

LEAST = 15
"""Rarer words of the dictionary are left out."""
LONGEST = 6
PHRASE_SHARE = 0.35
"""Share of the phrases among all words; the dictionary, made from newspapers and novels, has the rest."""
SIGNS = {"，": 0.06, "。": 0.05, "、": 0.005, "；": 0.001, "：": 0.002, "！": 0.0005, "（": 0.0005, "）": 0.0005,
         "“": 0.0003, "”": 0.0003, **dict.fromkeys("0123456789", 0.004)}
"""Punctuation and digits as words of one character, with their share among all words."""


def main(dictionary: Path) -> None:
    """Writes the trie of all words with their probabilities, and the characters of given names."""
    words = _weights(_dictionary(dictionary), 1 - PHRASE_SHARE - sum(SIGNS.values()))
    for text, share in (*_weights(_phrases(), PHRASE_SHARE).items(), *SIGNS.items()):
        words[text] = words.get(text, 0.0) + share
    keys, masses, ends = _trie(words)
    np.savez_compressed(HERE / "words.npz", keys=keys, masses=masses, ends=ends)
    lines = "".join(f"{character} {count}\n" for character, count in _given_names(dictionary))
    (HERE / "given_names.txt").write_text(lines, encoding="utf-8")


def _weights(counts: dict[str, float], share: float) -> dict[str, float]:
    total = sum(counts.values())
    return {text: share * count / total for text, count in counts.items()}


def _dictionary(path: Path) -> dict[str, float]:
    """`word count tag` per line; words of Chinese characters in GB2312 only."""
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        text, count, _ = line.split(" ")
        if int(count) >= LEAST and len(text) <= LONGEST and _plain(text):
            found[text] = float(count)
    return found


def _phrases() -> dict[str, float]:
    lines = (HERE / "phrases.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {text: float(count) for text, count in pairs}


def _given_names(path: Path) -> list[tuple[str, int]]:
    """Characters of given names in the dictionary's personal names (tag nr), with their counts."""
    counts: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        text, count, tag = line.split(" ")
        if tag == "nr" and len(text) in (2, 3) and text[0] in COMMON_SURNAMES and _plain(text):
            for character in text[1:]:
                counts[character] += min(int(count), 50)
    return [(character, count) for character, count in counts.most_common() if count >= 20]


def _plain(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return all("\u4e00" <= character <= "\u9fff" for character in text)


def _trie(words: dict[str, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges as parent × 65536 + character, child numbers being 1 + the edge's place; masses below a node."""
    nodes: dict[str, int] = {"": 0}
    keys: list[int] = []
    masses, ends = [0.0], [0.0]
    for text, share in words.items():
        masses[0] += share
        for end in range(1, len(text) + 1):
            prefix = text[:end]
            if prefix not in nodes:
                keys.append(nodes[prefix[:-1]] * 65536 + ord(prefix[-1]))
                nodes[prefix] = len(keys)
                masses.append(0.0)
                ends.append(0.0)
            masses[nodes[prefix]] += share
        ends[nodes[text]] += share
    return np.array(keys, np.int64), np.array(masses, np.float32), np.array(ends, np.float32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
