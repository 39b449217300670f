#!/usr/bin/env python3
"""Makes the training text of the shipped language models: NDJSON with `text`, `lang` and `set` on standard output.

    cargo new /tmp/texts && cd /tmp/texts && cargo add lingua && cargo fetch
    pip install wordfreq
    language_texts.py --lingua ~/.cargo/registry/src --labelled train.ndjson.gz --without mentions.ndjson > texts.ndjson
    ascolto train language texts.ndjson --out index-config/models

Four sources, each with its terms in index-config/models/README.md:
  the sentences, word pairs and words that the crates `lingua-*-language-model` carry as test data, 75 languages
  the word frequencies of the Python package `wordfreq` (subtitles, Twitter, Reddit, Wikipedia, news), 40 languages, as rows of words
    drawn as often as people use them: what a language looks like when people talk
  labelled posts (`--labelled`), without the sets whose terms are non-commercial and with at most so many of one set and language
  the word lists of index-config
Texts of `--without` (what figures are measured on) are left out, whatever their spelling. The same input gives the same output.
"""

import argparse
import collections
import gzip
import hashlib
import json
import pathlib
import random
import re
import sys
import tomllib

NON_COMMERCIAL = {"rusentiment", "us_airline", "twcs_multibrand", "twacs_airlines", "fr_expresso_fb"}
# Korean, Thai and Chinese are told by their script.
NOT_NEEDED = {"ko_nsmc_raw", "th_wisesight", "zh_reviews"}
POSTS_OF_SET_AND_LANGUAGE_MAX = 6_000
# Questions to a bank's machine are all alike.
POSTS_OF_MACHINES_MAX = 1_500
MACHINES = {"banking77", "clinc150"}

ROWS_OF_WORDS = 1_500
WORDS_IN_ROW = 8
WORDS_OF_LANGUAGE_MAX = 20_000
# Below 1, so that the hundred most frequent words are not all there is.
FREQUENCY_POWER = 0.8

LINGUA = {
    "afrikaans": "af", "albanian": "sq", "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "basque": "eu",
    "belarusian": "be", "bengali": "bn", "bokmal": "nb", "bosnian": "bs", "bulgarian": "bg", "catalan": "ca",
    "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "esperanto": "eo",
    "estonian": "et", "finnish": "fi", "french": "fr", "ganda": "lg", "georgian": "ka", "german": "de", "greek": "el",
    "gujarati": "gu", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id",
    "irish": "ga", "italian": "it", "japanese": "ja", "kazakh": "kk", "korean": "ko", "latin": "la", "latvian": "lv",
    "lithuanian": "lt", "macedonian": "mk", "malay": "ms", "maori": "mi", "marathi": "mr", "mongolian": "mn",
    "nynorsk": "nn", "persian": "fa", "polish": "pl", "portuguese": "pt", "punjabi": "pa", "romanian": "ro",
    "russian": "ru", "serbian": "sr", "shona": "sn", "slovak": "sk", "slovene": "sl", "somali": "so", "sotho": "st",
    "spanish": "es", "swahili": "sw", "swedish": "sv", "tagalog": "tl", "tamil": "ta", "telugu": "te", "thai": "th",
    "tsonga": "ts", "tswana": "tn", "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "vietnamese": "vi", "welsh": "cy",
    "xhosa": "xh", "yoruba": "yo", "zulu": "zu",
}
# Serbo-Croatian is three languages here, and the others of its list are told by their script.
WORDFREQ = {
    "ar": "ar", "bg": "bg", "ca": "ca", "cs": "cs", "da": "da", "de": "de", "en": "en", "es": "es", "fa": "fa",
    "fi": "fi", "fil": "tl", "fr": "fr", "hi": "hi", "hu": "hu", "id": "id", "is": "is", "it": "it", "lt": "lt",
    "lv": "lv", "mk": "mk", "ms": "ms", "nb": "nb", "nl": "nl", "pl": "pl", "pt": "pt", "ro": "ro", "ru": "ru",
    "sk": "sk", "sl": "sl", "sv": "sv", "tr": "tr", "uk": "uk", "ur": "ur", "vi": "vi",
}


def same(text):
    """What is left of a text without spelling: two texts with the same are one."""
    return "".join(c for c in text.lower() if c.isalnum())


def of_lingua(folder):
    for crate in sorted(folder.glob("**/lingua-*-language-model-*")):
        name = re.match(r"lingua-(\w+)-language-model", crate.name)
        if not name or name[1] not in LINGUA:
            continue
        for file in ("sentences.txt", "word-pairs.txt", "single-words.txt"):
            for line in (crate / "testdata" / file).read_text("utf-8").splitlines():
                yield line.strip(), LINGUA[name[1]], "lingua_testdata"


def of_wordfreq():
    import wordfreq

    for code, language in WORDFREQ.items():
        frequencies = wordfreq.get_frequency_dict(code, wordlist="best")
        words = [(word, share) for word, share in frequencies.items() if re.fullmatch(r"[^\W\d_]+(['’][^\W\d_]+)?", word)]
        words = sorted(words, key=lambda it: (-it[1], it[0]))[:WORDS_OF_LANGUAGE_MAX]
        weights = [share**FREQUENCY_POWER for _, share in words]
        draw = random.Random(f"words of {code}")
        for _ in range(ROWS_OF_WORDS):
            row = draw.choices([word for word, _ in words], weights, k=WORDS_IN_ROW)
            yield " ".join(row), language, "wordfreq"


def of_labelled(paths):
    taken = collections.Counter()
    for path in paths:
        opened = gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")
        with opened as lines:
            lines = [json.loads(line) for line in lines]
        # In an order of their own, so that the first so many are any so many.
        lines.sort(key=lambda line: hashlib.sha256(line["text"].encode()).digest())
        for line in lines:
            place = (line["set"], line["lang"])
            most = POSTS_OF_MACHINES_MAX if line["set"] in MACHINES else POSTS_OF_SET_AND_LANGUAGE_MAX
            if line["set"] in NON_COMMERCIAL | NOT_NEEDED or taken[place] >= most:
                continue
            taken[place] += 1
            yield line["text"], line["lang"], line["set"]


def of_word_lists(folder):
    for path in sorted(folder.glob("??.toml")):
        lists = tomllib.loads(path.read_text("utf-8"))
        for entries in lists.values():
            if isinstance(entries, list):
                for entry in entries:
                    if not entry.endswith("*"):
                        yield entry, path.stem, "own_words"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lingua", type=pathlib.Path, required=True, help="folder under which cargo keeps its crates")
    parser.add_argument("--labelled", type=pathlib.Path, action="append", default=[], help="NDJSON with text, lang, set")
    parser.add_argument("--without", type=pathlib.Path, action="append", default=[], help="NDJSON of texts to leave out")
    own = pathlib.Path(__file__).resolve().parent.parent / "index-config" / "words"
    parser.add_argument("--words", type=pathlib.Path, default=own, help="folder of word lists")
    arguments = parser.parse_args()
    left_out = set()
    for path in arguments.without:
        with open(path, encoding="utf-8") as lines:
            left_out.update(same(json.loads(line)["text"]) for line in lines)
    counts = collections.Counter()
    sources = (
        of_lingua(arguments.lingua), of_wordfreq(), of_labelled(arguments.labelled), of_word_lists(arguments.words),
    )
    for source in sources:
        for text, language, name in source:
            if not text or same(text) in left_out:
                counts["left out"] += 1
                continue
            counts[name] += 1
            print(json.dumps({"text": text, "lang": language, "set": name}, ensure_ascii=False))
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}", file=sys.stderr)


if __name__ == "__main__":
    main()
