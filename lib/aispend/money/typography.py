"""One spelling for every way of printing a character, without moving any of them."""

from __future__ import annotations

# Every replacement is one character for one, so that places in the folded text are places in the text.
SAME = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != 0xFF0C},  # fullwidth, but that comma only lists
    **dict.fromkeys("\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"),
    **dict.fromkeys("\u301c\u223c\u02dc", "~"),
    "\\": " ",   # \$5, as in a notebook
    "\uffe5": "\u00a5", "\uffe6": "\u20a9", "\uffe1": "\u00a3", "\uffe0": "\u00a2", "\u20a4": "\u00a3", "\ufe69": "$",
}
TABLE = str.maketrans(SAME)
KNOWN = frozenset(SAME)


def fold(text: str) -> str:
    """The text in small letters, with ordinary spaces, digits, quotes and dashes, of the same length.

        >>> fold("ＵＳ＄１．５ｂｎ – 3\u202f000")
        'us$1.5bn - 3 000'
    """
    if "\\$" in text:
        text = text.replace("\\$", "$ ")  # A\$5, as in a notebook
    folded = (text if text.isascii() and "\\" not in text or KNOWN.isdisjoint(text) else text.translate(TABLE)).lower()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := char.lower()) == 1 else char for char in text.translate(TABLE))
