"""Drops bad pages of a folder of JSON lines: `python datatrove_filter.py FROM TO`. What is dropped
goes to TO/dropped with the reason."""

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from crawlint.datatrove import CrawlintFilter

if __name__ == "__main__":
    source, target = sys.argv[1:]
    executor = LocalPipelineExecutor(
        [
            JsonlReader(source),
            CrawlintFilter(exclusion_writer=JsonlWriter(f"{target}/dropped")),
            JsonlWriter(f"{target}/kept"),
        ],
        tasks=2,
        workers=2,
        logging_dir=f"{target}/logs",
    )
    executor.run()
