"""Judges the files of a folder on Spark: `python spark_scan.py FOLDER`. Of a crawl in Parquet, begin
with `spark.read.parquet` and name its columns."""

import os
import sys

from pyspark.sql import SparkSession

import crawlint.spark

# The workers' Python is this one.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
folder = sys.argv[1] if len(sys.argv) > 1 else "samples/spam"
spark = SparkSession.builder.master("local[2]").getOrCreate()
pages = spark.read.format("binaryFile").load(folder).select("path", "content")
judged = crawlint.spark.scan(pages, "content", None, path="path")
judged.groupBy("verdict").count().orderBy("verdict").show()
spark.stop()
