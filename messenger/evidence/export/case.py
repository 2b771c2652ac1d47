"""CASE/UCO 1.4 as JSON-LD (caseontology.org), which forensic tools of the police read: messages, addresses, provenance.

Written by hand from the ontology's shapes; CI holds it against them with case_validate. Identifiers are made from the report's
own number (RFC 9562, version 5), so the same report always gives the same bytes. No picture and no link's key is in it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5

from messenger.evidence.canonical import canonical, unb64u
from messenger.evidence.export.dossier import Dossier, Part, best_time, moment

_CONTEXT = {
    "co": "http://purl.org/co/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SHA256_BYTES = 32
Node = dict[str, Any]


def case_bytes(dossier: Dossier) -> bytes:
    """The graph as a file: canonical JSON."""
    return canonical(case_graph(dossier))


def case_graph(dossier: Dossier) -> Node:
    """The JSON-LD document of a dossier."""
    return _Graph(dossier).whole()


class _Graph:
    """Collects the nodes of one report."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._report = dossier.report
        self._space = UUID(dossier.report["report_id"])
        self._nodes: list[Node] = []
        self._addresses: dict[str, Node] = {}

    def whole(self) -> Node:
        """Builds the document."""
        program = self._program()
        thread = self._thread(program)
        found = [self._report_file(), *self._addresses.values(), *thread]
        record = self._record(found)
        person = self._person()
        action = self._action(program, record, person)
        self._investigation(record, action)
        context = {"kb": f"urn:robin:report:{self._report['report_id']}:", **_CONTEXT}
        return {"@context": context, "@graph": self._nodes}

    # -- nodes

    def _node(self, kind: str, types: str | list[str], about: str, members: Node, keep: bool = True) -> Node:
        """A node; the same `kind` and `about` always give the same identifier. Empty members are left out."""
        node = {"@id": f"kb:{kind}-{uuid5(self._space, f'{kind} {about}')}", "@type": types}
        node.update({key: value for key, value in members.items() if value not in (None, "", [])})
        if keep:
            self._nodes.append(node)
        return node

    def _facet(self, name: str, about: str, members: Node) -> Node:
        """A facet, which stands inside its node."""
        return self._node(_kebab(name), f"uco-observable:{name}", about, members, keep=False)

    def _hash(self, about: str, value: bytes) -> Node:
        return self._node(
            "hash",
            "uco-types:Hash",
            about,
            {
                "uco-types:hashMethod": "SHA256",
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value.hex().upper()},
            },
            keep=False,
        )

    def _program(self) -> Node:
        client = self._report["client"]
        facet = self._facet("ApplicationFacet", "client", {"uco-observable:applicationIdentifier": client["name"]})
        members = {"uco-core:name": f"{client['name']} {client['version']}", "uco-core:hasFacet": [facet]}
        return self._node("application", "uco-observable:Application", "client", members)

    def _address(self, jid: str) -> Node:
        """The node of an address, made once."""
        if jid not in self._addresses:
            facet = self._facet("InstantMessagingAddressFacet", jid, {"uco-observable:addressValue": jid})
            kind = "uco-observable:InstantMessagingAddress"
            self._addresses[jid] = self._node("address", kind, jid, {"uco-core:hasFacet": [facet]})
        return self._addresses[jid]

    def _report_file(self) -> Node:
        """The signed report itself, named by its digest."""
        digest = self._hash("report", unb64u(self._dossier.digest))
        facets = [
            self._facet("FileFacet", "report", {"uco-observable:fileName": "report.json"}),
            self._facet(
                "ContentDataFacet",
                "report",
                {"uco-observable:hash": [digest], "uco-observable:mimeType": "application/json"},
            ),
        ]
        return self._node("file", "uco-observable:File", "report", {"uco-core:hasFacet": facets})

    # -- messages

    def _thread(self, program: Node) -> list[Node]:
        """The messages in their order, with the files they name and their later changes; all nodes that are evidence."""
        messages: list[Node] = []
        others: list[Node] = []
        for part in self._dossier.parts:
            for item in part.shown:
                about = f"{part.id} {item['seq']}".strip()
                message = self._message(about, part, item, program)
                messages.append(message)
                others += self._changes(about, item, message, program)
                others += self._files(about, item, message)
        for one in self._report["reported"]:
            if one["jid"]:
                self._address(one["jid"])
        return [*self._order(messages), *others] if messages else others

    def _message(self, name: str, part: Part, item: Node, program: Node) -> Node:
        assurance = part.assurance(item).value
        added = "Added later by the reporter. " if part.id else ""
        chosen = "Chosen by the reporter. " if item["highlighted"] else ""
        withdrawn = "Taken back later by its sender. " if item["retracted"] else ""
        node = self._said(name, item, program, item["to"], item["id"] or "", item["type"])
        node["uco-core:description"] = (
            f"{added}{chosen}{withdrawn}Corroboration: level {assurance}. Number {item['seq']}."
        )
        return node

    def _said(self, about: str, part: Node, program: Node, to: str, id: str, kind: str) -> Node:
        """A message node for an item or for one of its changes."""
        facet = {
            "uco-observable:application": _link(program),
            "uco-observable:from": _link(self._address(part["from"])) if part["from"] else None,
            "uco-observable:to": [_link(self._address(to))] if to else None,
            "uco-observable:messageText": part["body"],
            "uco-observable:messageID": id,
            "uco-observable:messageType": kind,
            "uco-observable:sentTime": _time(best_time(part["times"])),
        }
        facets = [self._facet("MessageFacet", about, facet)]
        if part["raw_sha256"]:
            digest = self._hash(f"raw {about}", unb64u(part["raw_sha256"]))
            facets.append(self._facet("ContentDataFacet", about, {"uco-observable:hash": [digest]}))
        return self._node("message", "uco-observable:Message", about, {"uco-core:hasFacet": facets})

    def _changes(self, name: str, item: Node, message: Node, program: Node) -> list[Node]:
        found = []
        for place, edit in enumerate(item["edits"]):
            about = f"{name} change {place}"
            node = self._said(about, edit, program, item["to"], "", item["type"])
            self._related(node, message, "Retracts" if edit["kind"] == "retraction" else "Corrects", about)
            found.append(node)
        return found

    def _files(self, name: str, item: Node, message: Node) -> list[Node]:
        found = []
        for place, media in enumerate(item["media_refs"]):
            about = f"{name} file {place}"
            hashes = [self._hash(f"{about} {n}", value) for n, value in enumerate(_sums(media["hashes"]))]
            size = {"@type": "xsd:integer", "@value": str(media["size"])} if media["size"] is not None else None
            facets = [
                self._facet("FileFacet", about, {"uco-observable:fileName": media["name"]}),
                self._facet(
                    "ContentDataFacet",
                    about,
                    {
                        "uco-observable:mimeType": media["mime"],
                        "uco-observable:sizeInBytes": size,
                        "uco-observable:hash": hashes,
                    },
                ),
            ]
            words = "Named in a message. The file itself is not in the report."
            node = self._node(
                "file", "uco-observable:File", about, {"uco-core:hasFacet": facets, "uco-core:description": words}
            )
            self._related(node, message, "Attached_To", about)
            found.append(node)
        return found

    def _related(self, source: Node, target: Node, kind: str, about: str) -> None:
        members = {
            "uco-core:source": _link(source),
            "uco-core:target": _link(target),
            "uco-core:kindOfRelationship": kind,
            "uco-core:isDirectional": {"@type": "xsd:boolean", "@value": "true"},
        }
        self._node("relationship", "uco-observable:ObservableRelationship", about, members)

    def _order(self, messages: list[Node]) -> list[Node]:
        """The thread that holds the messages, one after the other."""
        items = [
            self._node("thread-item", "uco-types:ThreadItem", f"{place}", {"co:itemContent": _link(one)}, keep=False)
            for place, one in enumerate(messages)
        ]
        for now, later in pairwise(items):
            now["uco-types:threadNextItem"] = _link(later)
            later["uco-types:threadPreviousItem"] = _link(now)
        self._nodes += items
        members = {
            "co:item": _links(items),
            "co:element": _links(messages),
            "co:size": {"@type": "xsd:nonNegativeInteger", "@value": str(len(messages))},
            "uco-types:threadOriginItem": [_link(items[0])],
            "uco-types:threadTerminalItem": [_link(items[-1])],
        }
        order = self._node("thread", "uco-types:Thread", "", members)
        facet = {
            "uco-observable:messageThread": _link(order),
            "uco-observable:participant": _links(self._addresses.values()),
            "uco-observable:visibility": {"@type": "xsd:boolean", "@value": "false"},
        }
        facets = [self._facet("MessageThreadFacet", "", facet)]
        thread = self._node("message-thread", "uco-observable:MessageThread", "", {"uco-core:hasFacet": facets})
        return [thread, *messages]

    # -- where it comes from

    def _record(self, found: Iterable[Node]) -> Node:
        sums = [f"Digest (SHA-256) of the signed report: {self._dossier.digest}"]
        sums += [f"Digest (SHA-256) of what was added on {one.made_at}: {one.digest}" for one in self._dossier.later]
        members = {
            "uco-core:description": sums,
            "case-investigation:exhibitNumber": self._dossier.name,
            "uco-core:object": _links(found),
        }
        return self._node("provenance-record", "case-investigation:ProvenanceRecord", "", members)

    def _person(self) -> Node:
        """The reporter; without a name while the identity part is not opened."""
        who = self._dossier.reporter
        facets = []
        if who:
            name = {"uco-identity:givenName": who["name"]}
            facets = [self._node("simple-name-facet", "uco-identity:SimpleNameFacet", "", name, keep=False)]
        role = f"Reporter ({self._report['role']})"
        return self._node(
            "person", "uco-identity:Person", "", {"uco-core:description": role, "uco-core:hasFacet": facets}
        )

    def _action(self, program: Node, record: Node, person: Node) -> Node:
        members = {
            "uco-core:name": "Report made by the reporter",
            "uco-action:startTime": _time(self._report["created_at"]),
            "uco-action:performer": _link(person),
            "uco-action:instrument": [_link(program)],
            "uco-action:result": [_link(record)],
        }
        return self._node("action", "case-investigation:InvestigativeAction", "", members)

    def _investigation(self, record: Node, action: Node) -> None:
        kinds = [self._report["category"], *self._report["also"]]
        members = {
            "uco-core:name": f"Report {self._dossier.name}",
            "uco-core:description": "What one person reported. Not a finding against anybody.",
            "case-investigation:focus": kinds,
            "uco-core:startTime": _time(self._report["created_at"]),
            "uco-core:object": _links([record, action]),
        }
        self._node("investigation", "case-investigation:Investigation", "", members)


def _link(node: Mapping[str, Any]) -> Node:
    return {"@id": node["@id"]}


def _links(nodes: Iterable[Mapping[str, Any]]) -> list[Node]:
    return [_link(one) for one in nodes]


def _time(stamp: str) -> Node | None:
    """A typed time; a stamp that is none is left out."""
    return {"@type": "xsd:dateTime", "@value": stamp} if moment(stamp) else None


def _kebab(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name).removeprefix("-")


def _sums(hashes: Iterable[Mapping[str, str]]) -> Iterable[bytes]:
    """The SHA-256 values among a file's hashes (XEP-0300 writes base64, some write hex); what is neither is left out."""
    for one in hashes:
        if one["alg"].lower() == "sha-256" and (value := _sum(one["value"])) is not None:
            yield value


def _sum(text: str) -> bytes | None:
    for read in (bytes.fromhex, lambda value: base64.b64decode(value, validate=True)):
        try:
            value = read(text)
        except (ValueError, binascii.Error):
            continue
        if len(value) == _SHA256_BYTES:
            return value
    return None
