"""The registry sync: documents in, versioned facts, changes and statuses out.

``mapping`` and ``inherit`` turn documents into rows, ``engine`` writes them in batches, ``runs`` and ``nightly`` fetch
and keep the books. Callers want :mod:`producers.sync.requests`.
"""
