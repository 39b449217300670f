"""Feeds mentions, searches them, and watches a care desk, with stubs generated from proto/.

    python -m venv venv && venv/bin/pip install -r examples/python/requirements.txt
    mkdir -p stubs
    venv/bin/python -m grpc_tools.protoc -I proto --python_out=stubs --grpc_python_out=stubs proto/ascolto/v1/*.proto
    PYTHONPATH=stubs venv/bin/python examples/python/client.py 127.0.0.1:7500
"""

import sys
import time

import grpc
from ascolto.v1 import (
    ingest_pb2,
    ingest_pb2_grpc,
    mention_pb2,
    search_pb2,
    search_pb2_grpc,
    subscription_pb2,
    subscription_pb2_grpc,
)
from google.rpc import error_details_pb2, status_pb2

# Every run tells a story of its own, so that running it twice shows the same.
RUN = str(time.time_ns())


def mention(external_id, handle, text, in_reply_to=""):
    """A mention as a collector would send it: where, who, what, when, and what it answers."""
    mention = mention_pb2.Mention(
        platform="twitter",
        external_id=f"{RUN}-{external_id}",
        author=mention_pb2.Author(handle=handle),
        text=text,
        in_reply_to=f"{RUN}-{in_reply_to}" if in_reply_to else "",
        # The label keeps the mentions of this run apart from others.
        tags=[RUN],
    )
    mention.created_at.GetCurrentTime()
    return mention


def ingest(channel, mentions):
    """Streams mentions; gives their acknowledgements. Acknowledged means: on disk."""
    requests = (ingest_pb2.IngestRequest(mentions=[mention]) for mention in mentions)
    responses = ingest_pb2_grpc.IngestServiceStub(channel).Ingest(requests)
    return [acknowledgement for response in responses for acknowledgement in response.acknowledgements]


def search(channel, query, min_seq=0):
    """The newest hits. With `min_seq`, everything up to that acknowledgement is among what is searched."""
    request = search_pb2.SearchRequest(query=query, min_seq=min_seq, facets=["lang"])
    return search_pb2_grpc.SearchServiceStub(channel).Search(request)


def marked(hit):
    """The text of a hit with what matched in brackets. Places count bytes of UTF-8, not letters."""
    text = hit.version.mention.text.encode()
    for place in reversed([place for place in hit.highlights if place.field == "text"]):
        text = text[: place.start] + b"[" + text[place.start : place.end] + b"]" + text[place.end :]
    return text.decode()


def watch(channel, query, after_seq):
    """Every mention that enters, changes in or leaves the query after `after_seq`, as it happens."""
    request = subscription_pb2.SubscribeRequest(query=query, after_seq=after_seq, heartbeat_seconds=1)
    for response in subscription_pb2_grpc.SubscriptionServiceStub(channel).Subscribe(request):
        # Heartbeats and `caught_up` come between; keep the seq of the last event, and come back with it.
        if response.WhichOneof("message") == "event":
            yield response.event


def problems(error):
    """What is wrong with a query, from the details of the error."""
    trailers = dict(error.trailing_metadata())
    for detail in status_pb2.Status.FromString(trailers["grpc-status-details-bin"]).details:
        checked, info = search_pb2.CheckQueryResponse(), error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            yield info.reason
        elif detail.Unpack(checked):
            yield from (f"{problem.code} at {problem.start}..{problem.end}" for problem in checked.problems)


def main(address):
    with grpc.insecure_channel(address) as channel:
        customer = mention("1", "anna", "Nordwind Air, dov'è la mia valigia? Aspetto da tre ore! 😡")
        wrong = mention("2", "anna", "")
        taken, rejected = ingest(channel, [customer, wrong])
        assert taken.outcome == ingest_pb2.OUTCOME_CREATED, taken
        assert rejected.outcome == ingest_pb2.OUTCOME_REJECTED and rejected.rejection.field == "text", rejected
        print(f"recorded with seq {taken.seq}; the other was rejected: {rejected.rejection.message}")

        again = ingest(channel, [customer])[0]
        assert (again.outcome, again.seq) == (ingest_pb2.OUTCOME_UNCHANGED, taken.seq), again

        answer = search(channel, f"valigia tag:{RUN}", min_seq=taken.seq)
        hit = answer.hits[0]
        understood = hit.version.understanding
        assert (answer.total, understood.language.code) == (1, "it"), answer
        assert understood.sentiment.label == mention_pb2.SENTIMENT_LABEL_NEGATIVE, understood
        assert hit.version.conversation.status == mention_pb2.STATUS_NEEDS_REPLY, hit.version
        assert "[valigia]" in marked(hit), hit
        print(f"found: {marked(hit)}")

        events = watch(channel, f"needs:reply tag:{RUN}", after_seq=taken.seq - 1)
        entered = next(events)
        assert entered.change == subscription_pb2.Event.CHANGE_ENTERED, entered
        print("entered the care desk:", entered.version.mention.text)

        reply = mention("3", "nordwindcare", "Ciao Anna, è in arrivo: nastro 4.", in_reply_to="1")
        answered = ingest(channel, [reply])[0]
        left = next(events)
        assert left.change == subscription_pb2.Event.CHANGE_LEFT, left
        assert left.cause == mention_pb2.CAUSE_ANSWERED and left.seq > answered.seq, left
        assert left.version.conversation.answered_by == f"twitter/{RUN}-3", left
        print("left it, answered by", left.version.conversation.answered_by)

        try:
            search(channel, "valigia langauge:it")
            raise AssertionError("a query that cannot be run was run")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
            told = list(problems(error))
            assert told == ["QUERY_INVALID", "UNKNOWN_FIELD at 8..17"], told
            print("refused:", *told)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7500")
