#!/usr/bin/env python3
"""Time against size, ordinary and hostile: `python3 bench/sizes.py docs/sizes.svg`.

Makes inputs of 1 KB to 32 MB, takes the processor time of the whole command on each (the least of
three), prints a table, and draws it on two logarithmic scales: what is linear has the slope of the
grey lines. Below 1 MB or so the start of the command is all there is to see.
"""

import argparse
import math
import os
import resource
import subprocess
import tempfile
from pathlib import Path

PARAGRAPH = (
    "<p>The bakery in {n} Mill Lane opens at six. Rye bread, rolls and plum cake are sold until they "
    'are gone; on Mondays it is closed. <a href="/recipes/{n}">The recipe</a> is on page {n}.</p>\n'
)
KINDS = {
    "ordinary HTML": lambda size: "<title>Bakery</title>\n" + repeat(PARAGRAPH, size),
    "prose on one line": lambda size: repeat("The baker sells {n} loaves of rye bread before noon. ", size),
    "Chinese text": lambda size: repeat("面包店每天早上六点开门，第{n}炉黑麦面包中午前卖完。\n", size),
    "nested <div>": lambda size: repeat("<div>", size),
    "only <": lambda size: "<" * size,
    "one attribute": lambda size: '<p title="' + "a b " * (size // 4),
    "style attributes": lambda size: repeat('<p style="position:absolute;left:-{n}px">tea', size),
    "lines of two letters": lambda size: "ab\n" * (size // 3),
    "terms of spam": lambda size: repeat("best online casino bonus {n} ", size),
}
SIZES = [1 << shift for shift in range(10, 26)]


def repeat(text, size):
    parts, length, n = [], 0, 0
    while length < size:
        part = text.replace("{n}", str(n % 1000))
        parts.append(part)
        length += len(part.encode())
        n += 1
    return "".join(parts)


def seconds(crawlint, path):
    """Processor time of a scan, the least of three."""
    least = math.inf
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(os.devnull, "wb") as nowhere:
            command = [crawlint, "scan", path, "-q", "-j", "1", "--no-config", "--format", "jsonl"]
            subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


def draw(rows, path):
    """The plot as SVG: size to the right, time upwards."""
    width, height, left, top, right, bottom = 760, 460, 70, 20, 190, 50
    low, high = 0.005, max(max(times) for times in rows.values()) * 1.5

    def x(size):
        return left + (width - left - right) * math.log(size / SIZES[0]) / math.log(SIZES[-1] / SIZES[0])

    def y(time):
        share = math.log(max(time, low) / low) / math.log(high / low)
        return height - bottom - (height - top - bottom) * share

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Time of a scan against the size of its input">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for power in range(-2, 2):
        time = 10.0**power
        if low <= time <= high:
            out.append(f'<path d="M{left} {y(time):.1f}H{width - right}" stroke="#ddd"/>')
            out.append(f'<text x="{left - 8}" y="{y(time) + 4:.1f}" text-anchor="end">{time:g} s</text>')
    for size in SIZES[::5]:
        name = f"{size >> 20} MB" if size >= 1 << 20 else f"{size >> 10} KB"
        out.append(f'<text x="{x(size):.1f}" y="{height - bottom + 20}" text-anchor="middle">{name}</text>')
    for speed in (10e6, 100e6):
        first = max(SIZES[0], low * speed)
        out.append(
            f'<path d="M{x(first):.1f} {y(first / speed):.1f}L{x(SIZES[-1]):.1f} {y(SIZES[-1] / speed):.1f}" '
            'stroke="#999" stroke-dasharray="4 4"/>'
        )
        out.append(
            f'<text x="{x(SIZES[-6]):.1f}" y="{y(SIZES[-6] / speed) - 6:.1f}" fill="#777" text-anchor="end">'
            f"{speed / 1e6:.0f} MB/s</text>"
        )
    colours = ["#1b6ca8", "#c0392b", "#27ae60", "#8e44ad", "#d35400", "#16a085", "#7f8c8d", "#2c3e50", "#b7950b"]
    ends = sorted((y(times[-1]), kind) for kind, times in rows.items())
    placed = {}
    last = -math.inf
    for at, kind in ends:
        last = placed[kind] = max(at, last + 15)
    for colour, (kind, times) in zip(colours, rows.items()):
        points = " ".join(f"{x(size):.1f},{y(time):.1f}" for size, time in zip(SIZES, times))
        shown = kind.replace("<", "&lt;").replace(">", "&gt;")
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        out.append(f'<text x="{width - right + 8}" y="{placed[kind] + 4:.1f}" fill="{colour}">{shown}</text>')
    out.append("</svg>\n")
    Path(path).write_text("\n".join(out), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("svg")
    parser.add_argument("--crawlint", default="target/release/crawlint")
    options = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        print(f"{'':24}" + "".join(f"{size >> 10:>8}" for size in SIZES[::3]) + "  KB")
        for kind, make in KINDS.items():
            rows[kind] = []
            for size in SIZES:
                # Files may have as many bytes as the limit of a page, not one more.
                path.write_bytes(make(size).encode()[: SIZES[-1]])
                rows[kind].append(seconds(options.crawlint, path))
            print(f"{kind:24}" + "".join(f"{time:>8.3f}" for time in rows[kind][::3]) + "  s")
    draw(rows, options.svg)


if __name__ == "__main__":
    main()
