# SPDX-License-Identifier: MIT
"""IGVM: measuring against openssl, checking large files, looking headers up by index."""

import ctypes
import os
import random
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

from measures.context import Result

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
import igvm_format as f  # noqa: E402

PAGES = 4096  # 16 MiB
DIRECTIVES = 200_000
GIB = 1 << 30
LOOKUPS = 20_000


def seconds(context, *words):
    """Processor time of the quickest of some runs."""
    best = None
    for _ in range(max(context.runs, 9)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        context.run(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = spent if best is None else min(best, spent)
    return best


def wall(context, *words):
    best = None
    for _ in range(max(context.runs, 5)):
        start = time.perf_counter()
        context.run(*words)
        spent = time.perf_counter() - start
        best = spent if best is None else min(best, spent)
    return best


def many_pages(count, data):
    headers = [f.platform(), f.policy()]
    headers += [f.page(f.PAGE * n, offset=("data", f.PAGE * n) if data else 0) for n in range(count)]
    return f.image(headers, data or bytes(8))


def sparse_gib(path):
    """A file of 1 GiB with few headers."""
    small = bytearray(f.image([f.platform(), f.policy(), f.page(offset=("data", 0))], bytes(f.PAGE)))
    struct.pack_into("<I", small, 16, GIB)
    path.write_bytes(f.seal(small))
    os.truncate(path, GIB)


def lookup_seconds(library, data):
    """Time of one look-up of a header at random: type, header, data, and their buffers."""
    handle = library.igvm_new_from_binary(data, len(data))
    count = library.igvm_header_count(handle, 2)
    indices = [random.randrange(count) for _ in range(LOOKUPS)]
    start = time.perf_counter()
    for index in indices:
        library.igvm_get_header_type(handle, 2, index)
        for buffer in (library.igvm_get_header(handle, 2, index), library.igvm_get_header_data(handle, 2, index)):
            library.igvm_get_buffer_size(handle, buffer)
            library.igvm_free_buffer(handle, buffer)
    spent = time.perf_counter() - start
    library.igvm_free(handle)
    return spent / LOOKUPS


def measure(context):
    tool = context.find("tools/igvm/igvm")
    library = ctypes.CDLL(str(context.find("lib/libigvm/libigvm.so")))
    with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
        path = Path(folder) / "file.igvm"
        path.write_bytes(many_pages(PAGES, random.Random(1).randbytes(PAGES * f.PAGE)))
        ratio = seconds(context, tool, "measure", path) / max(seconds(context, "openssl", "dgst", "-sha384", path), 0.001)
        yield Result("igvm measure, 16 MiB", ratio, "x", 1.2, "of openssl dgst -sha384")
        sparse_gib(path)
        yield Result("igvm check, 1 GiB", wall(context, tool, "check", path) * 1000, "ms", 50, "headers only")
        many = many_pages(DIRECTIVES, b"")
        path.write_bytes(many)
        yield Result("igvm check, 200,000 directives", wall(context, tool, "check", path), "s", 1)
        few = lookup_seconds(library, many_pages(100, b""))
        yield Result("libigvm look-up", lookup_seconds(library, many) / few, "x", 2, "200,000 headers against 100")
