"""Watches a query for as long as you like: comes back when the connection breaks or the server is started again, and tells of no mention twice.

    PYTHONPATH=stubs venv/bin/python examples/python/resume.py 127.0.0.1:7500 needs:reply seq.txt

Stubs are made as for client.py. The place is kept in a file, so it goes on there after it was stopped itself.
"""

import os
import random
import sys
import time

import grpc
from ascolto.v1 import subscription_pb2, subscription_pb2_grpc

# Codes that say the connection or the server is gone, and will come back. Every other one says that the request is wrong.
LOST = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.CANCELLED}
HEARTBEAT_SECONDS = 5


class Place:
    """The last seq that was dealt with, kept in a file. Whoever has a database keeps it there, with what the event did."""

    def __init__(self, path):
        self.path = path
        self.seq = int(open(path).read()) if os.path.exists(path) else None

    def keep(self, seq):
        self.seq = seq
        with open(self.path + ".new", "w") as file:
            file.write(str(seq))
        os.replace(self.path + ".new", self.path)


def watch(address, query, place):
    """Every event after the place, once, in order, for ever. The place moves on when the next event is asked for."""
    wait = 0.25
    while True:
        start = {"now": {}} if place.seq is None else {"after_seq": place.seq}
        request = subscription_pb2.SubscribeRequest(query=query, heartbeat_seconds=HEARTBEAT_SECONDS, **start)
        # A connection of its own each time: what a broken one still knows is of no use.
        options = [("grpc.keepalive_time_ms", 10_000), ("grpc.keepalive_timeout_ms", 5_000)]
        try:
            with grpc.insecure_channel(address, options) as channel:
                for response in subscription_pb2_grpc.SubscriptionServiceStub(channel).Subscribe(request):
                    wait = 0.25
                    kind = response.WhichOneof("message")
                    if kind == "event" and (place.seq is None or response.event.seq > place.seq):
                        yield response.event
                        place.keep(response.event.seq)
                    elif kind == "caught_up":
                        place.keep(response.caught_up.seq)
                    elif kind == "heartbeat" and place.seq is not None:
                        # Nothing up to here is still to come.
                        place.keep(max(place.seq, response.heartbeat.evaluated_seq))
        except grpc.RpcError as error:
            if error.code() not in LOST:
                raise
            print(f"lost ({error.code().name}); again in {wait:.2f} s", file=sys.stderr)
        time.sleep(wait * random.uniform(0.5, 1.5))
        wait = min(wait * 2, 10)


def main(address, query, path):
    for event in watch(address, query, Place(path)):
        change = subscription_pb2.Event.Change.Name(event.change).removeprefix("CHANGE_").lower()
        print(event.seq, change, f"{event.version.mention.platform}/{event.version.mention.external_id}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
