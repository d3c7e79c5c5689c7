"""Judges the files of a folder with two actors of Ray: `python ray_scan.py FOLDER`."""

import sys
from collections import Counter

import ray

import crawlint.ray

folder = sys.argv[1] if len(sys.argv) > 1 else "samples/spam"
# More processors than actors: those that read need some, too. These are logical ones.
ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
pages = ray.data.read_binary_files(folder, include_paths=True)
judged = crawlint.ray.scan(pages, "bytes", None, path="path", workers=2)
print(dict(Counter(row["verdict"] for row in judged.take_all())))
ray.shutdown()
