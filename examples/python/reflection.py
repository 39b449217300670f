"""Speaks to the server without any of its files: asks it which services and messages it has.

    python -m venv venv && venv/bin/pip install -r examples/python/requirements.txt
    venv/bin/python examples/python/reflection.py 127.0.0.1:7500
"""

import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICES = {"IngestService", "SavedSearchService", "SearchService", "SubscriptionService", "SystemService"}


def call(channel, pool, service, method, request):
    """Any unary method, with a dictionary as request and as answer."""
    method = pool.FindServiceByName(service).FindMethodByName(method)
    invoke = channel.unary_unary(
        f"/{service}/{method.name}",
        request_serializer=GetMessageClass(method.input_type).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    return MessageToDict(invoke(ParseDict(request, GetMessageClass(method.input_type)())))


def main(address):
    with grpc.insecure_channel(address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        pool = DescriptorPool(database)

        services = database.get_services()
        assert {f"ascolto.v1.{name}" for name in SERVICES} <= set(services), services
        for name in sorted(services):
            methods = pool.FindServiceByName(name).methods
            print(f"{name}: {', '.join(method.name for method in methods)}")

        status = call(channel, pool, "ascolto.v1.SystemService", "GetServerStatus", {})
        # What was recorded a moment ago is searchable in a moment: the search waits for it.
        asked = {"query": "*", "pageSize": 1, "minSeq": status.get("recordedSeq", "0")}
        answer = call(channel, pool, "ascolto.v1.SearchService", "Search", asked)
        assert answer.get("total", "0") == status.get("mentions", "0"), (answer, status)
        assert len(answer.get("hits", [])) == min(1, int(answer.get("total", 0))), answer
        print(f"ascolto {status['programVersion']} holds {status.get('mentions', 0)} mentions")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7500")
