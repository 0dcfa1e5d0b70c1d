"""A registry to develop and test against: a server of its own process that speaks the formats of :mod:`nipr.wire`.

Start it by hand, without Django's database::

    python manage.py nipr_simulator --port 8100 --producers 2000 --seed 7
    python -m nipr.simulator --port 8100

and point the product at it with ``NIPR_URL_TEMPLATE=http://127.0.0.1:8100``, ``NIPR_USERNAME=simulator`` and
``NIPR_PASSWORD=simulator``.

In tests it runs in a thread, and its inside is at hand::

    from nipr.simulator.testing import running_simulator

    with running_simulator(producers=50) as simulator:
        client = ...(simulator.base_url, simulator.username, simulator.password)
        simulator.happen("99000017", "renew", state="OR")   # something happens to an entity today
        simulator.move(days=1)                               # that working day's alerts are complete the day after
        simulator.fault("drop_after", npn="99000017")        # do it, charge it, do not answer
        simulator.report("99000017")                         # the truth, as a typed message
        simulator.book.charged["entityinfo"]                 # what the caller was charged for

The population follows from ``--producers`` and ``--seed`` alone: NPNs 88000001, 88000002, ... (each twentieth a firm),
beside the documented samples 99000017 and 99000900 and, with ``--large-firm-appointments N``, the firm 99009999. What
happens to an entity on a day follows from the same seed, so a simulator started again tells the same story. Samples
stay as documented until an event is posted.

The alerts of a working day are complete when the simulated clock has passed it; weekend changes are Monday's alerts.
A target is reported on from the day it was added.

The gateway (``/gateway-realtime/realtime`` and ``/niprgw``) takes appointments, terminations, license applications and
renewals, keeps a book of its own, and makes what it approves happen in the registry::

    simulator.gateway.configure(review="poll")               # SR first, final when asked about
    simulator.gateway.configure(visibility_seconds=3)        # received, and for three seconds nobody is told so
    simulator.gateway.decide("B1", "T1", approve=False, text="No.")
    simulator.gateway.row("B1", "T1")["times_effected"]      # how often it was really done, and charged
    simulator.gateway.taken_twice()                          # what an exactly-once test wants to see empty

Its policy (:class:`nipr.simulator.gateway.Policy` explains each part) starts as: polling on, every state decides in the
same call, everything that is valid is approved. ``GET /_simulator/gateway`` shows it, ``POST /_simulator/gateway`` sets
parts of it: ``{"polling": false, "review": "immediate" | "poll" | "manual" | days, "review_by_state": {"TX": 3},
"visibility_delay": seconds, "visibility_days": 10, "frozen": {"NJ": "2026-03-20"}, "decline": [{"text", "npn", "state",
"cocode", "loa", "kind"}], "refuse": [...], "pair_3999_20001": false, "any_npn": true, "checks_facts": true}``.
``POST /_simulator/gateway/decide {"batch", "trans", "approve", "text", "effective_date"}`` decides one by its key.
``GET /_simulator/book`` has every key under ``transactions``, every (NPN, state, company, lines, kind) under
``by_subject``, and the totals under ``gateway``.

Controls, without a password, under ``/_simulator/``: ``GET health, clock, book, log, roster[?full=1], carriers,
subscriptions, faults, gateway``; ``POST clock {"date"|"days"}, events {"npn", "event", "state", ...}, faults {"fault",
"times", "match": {"service", "operation", "npn"}, "probability", "seconds", "status"}, gateway, gateway/decide,
reset``; ``DELETE faults``.

Faults of the gateway match ``{"service": "gateway"}``; operations are ``niprgw`` and ``realtime`` for documents that
send, and ``niprgw_question`` and ``realtime_question`` for those that only ask. Beside the general ones there are
``error_after`` (do it, then answer 503), ``half_taken`` (cut in the middle of the document) and ``wrong_reference``.
"""
