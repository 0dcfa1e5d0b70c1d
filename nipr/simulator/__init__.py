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

Controls, without a password, under ``/_simulator/``: ``GET health, clock, book, log, roster[?full=1], carriers,
subscriptions, faults``; ``POST clock {"date"|"days"}, events {"npn", "event", "state", ...}, faults {"fault", "times",
"match": {"service", "operation", "npn"}, "probability", "seconds", "status"}, reset``; ``DELETE faults``.
"""
