#!/usr/bin/env python3
"""Writes the table of one FHIR release that `fhir::xml` converts by.

    tables.py PATH... > r4.txt

Each PATH is a jar of ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4 or -r5 (8.8.1), which carry HL7's published
StructureDefinitions: R4's as Bundles in XML, R5's as an npm package of JSON files.

One line for each type: its name, then its elements in XML order, each

    [@]name[*]=type         @ an attribute in XML, * an array in JSON
    name[x]=type|type|...   a choice

A type is a datatype, a primitive (a line with no elements), `Resource` for any resource, or, for an element with elements
of its own, that element's path. A resource's line starts with `+`.
"""
import io
import json
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile

CORE = ("profiles-types.xml", "profiles-resources.xml")
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
SYSTEM = "http://hl7.org/fhirpath/System."


def from_xml(node):
    """The few members that are read below, as FHIR's JSON has them. Everything but `value` becomes a list."""
    found = {}
    for child in node:
        name = child.tag.split("}")[1]
        if name in ("text", "differential", "mapping", "constraint", "binding"):
            continue
        value = child.get("value") if len(child) == 0 else from_xml(child)
        found.setdefault(name, []).append(value)
    if node.get("url"):
        found["url"] = [node.get("url")]
    return found


def definitions(path):
    with zipfile.ZipFile(path) as jar:
        for name in jar.namelist():
            if name.endswith(CORE):
                bundle = ElementTree.parse(jar.open(name)).getroot()
                for node in bundle.iter("{http://hl7.org/fhir}StructureDefinition"):
                    yield from_xml(node)
            elif "hl7.fhir.r5.core" in name and name.endswith(".tgz"):
                with tarfile.open(fileobj=io.BytesIO(jar.read(name))) as package:
                    for member in package:
                        if member.name.startswith("package/StructureDefinition-"):
                            yield as_lists(json.load(package.extractfile(member)))


def as_lists(value):
    """JSON in the shape of `from_xml`."""
    if isinstance(value, dict):
        return {name: each if isinstance(each, list) else [each] for name, each in
                ((name, as_lists(each)) for name, each in value.items())}
    return [as_lists(each) for each in value] if isinstance(value, list) else value


def one(value, name, default=None):
    return value.get(name, [default])[0]


def types_of(element, parents):
    path = one(element, "path")
    if "contentReference" in element:
        return [one(element, "contentReference").split("#")[1]]
    if path in parents:
        return [path]
    found = []
    for kind in element["type"]:
        code = one(kind, "code")
        if code.startswith(SYSTEM):
            marks = [each for each in kind.get("extension", []) if one(each, "url") == FHIR_TYPE]
            code = next((one(each, "valueUrl") or one(each, "valueUri") for each in marks), "string")
        found.append(code)
    return list(dict.fromkeys(found))


def lines(definition):
    elements = [each for each in one(definition, "snapshot")["element"] if one(each, "max") != "0"]
    parents = {one(each, "path").rpartition(".")[0] for each in elements}
    types = {}
    for element in elements:
        path = one(element, "path")
        parent, _, name = path.rpartition(".")
        if not parent:
            continue
        # A type that allows an element once where its base allows more still writes an array in JSON.
        many = one(one(element, "base", {}), "max", one(element, "max")) not in ("0", "1")
        attribute = "xmlAttr" in element.get("representation", [])
        kinds = types_of(element, parents)
        if len(kinds) > 1 and not name.endswith("[x]"):
            raise SystemExit(f"{path}: more than one type")
        types.setdefault(parent, []).append(
            ("@" if attribute else "") + name + ("*" if many else "") + "=" + "|".join(kinds))
    name = one(definition, "type")
    resource = "+" if one(definition, "kind") == "resource" else ""
    return {parent: (resource if parent == name else "") + parent + " " + " ".join(each)
            for parent, each in types.items()}


def main():
    table, version = {}, None
    for path in sys.argv[1:]:
        for definition in definitions(path):
            kind, name = one(definition, "kind"), one(definition, "type")
            if kind == "logical" or one(definition, "derivation") != "specialization":
                continue
            if str(one(definition, "abstract")).lower() == "true":
                continue
            version = one(definition, "fhirVersion")
            table.update({name: name} if kind == "primitive-type" else lines(definition))
    print(f"# FHIR {version}, made by tables.py from HL7's StructureDefinitions. Do not edit.")
    print("\n".join(table[name] for name in sorted(table)))


main()
