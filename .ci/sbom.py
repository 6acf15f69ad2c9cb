"""Writes what a wheel is made of, as CycloneDX 1.6: the networks in it, and what it depends on.

    python .ci/sbom.py dist/passerby-0.1.0-py3-none-any.whl dist/passerby-0.1.0.cdx.json

Dependencies are ranges, as the wheel states them: which versions lie beside it, whoever installs it
decides. Each network in the wheel is a component of its own, with its hash and licence. The same
wheel gives the same file; nothing in it depends on when or where it was written.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesParser
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZipFile

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

WEIGHTS = "passerby/models/weights/"


def sbom(wheel: Path) -> str:
    """What a wheel is made of, as CycloneDX JSON; raises `ValueError` if it does not validate."""
    with wheel.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    with ZipFile(wheel) as content:
        told = next(name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = BytesParser().parsebytes(content.read(told))
        parts = [*networks(content), *dependencies(metadata)]
    itself = Component(
        name=metadata["Name"],
        version=metadata["Version"],
        type=ComponentType.APPLICATION,
        bom_ref="passerby",
        purl=PackageURL("pypi", name=metadata["Name"], version=metadata["Version"]),
        licenses=[DisjunctiveLicense(id=metadata["License-Expression"])],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
    )
    bom = Bom(components=parts, metadata=BomMetaData(component=itself))
    bom.register_dependency(itself, parts)
    bom.serial_number = uuid5(NAMESPACE_URL, sha256)
    written: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    written["metadata"].pop("timestamp", None)
    text = json.dumps(written, indent=1, sort_keys=True) + "\n"
    if (fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise ValueError(str(fault))
    return text


def networks(content: ZipFile) -> Iterator[Component]:
    """The networks in a wheel, from the records of their trainings; their hashes are checked."""
    for name in sorted(content.namelist()):
        if not (name.startswith(WEIGHTS) and name.endswith(".json")):
            continue
        record: Mapping[str, Any] = json.loads(content.read(name))
        with content.open(WEIGHTS + record["file"]) as weights:
            sha256 = file_digest(weights, "sha256").hexdigest()  # type: ignore[arg-type]
        if sha256 != record["sha256"]:
            raise ValueError(f"{record['file']} is not the network that {name} describes")
        yield Component(
            name=Path(record["file"]).stem,
            type=ComponentType.MACHINE_LEARNING_MODEL,
            bom_ref=f"file:{record['file']}",
            licenses=[DisjunctiveLicense(id=record["licence"])],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
            properties=[Property(name="file", value=WEIGHTS + record["file"])],
        )


def dependencies(metadata: Message) -> Iterator[Component]:
    """What a wheel depends on: a component for each requirement, and for which extra it is."""
    for number, text in enumerate(metadata.get_all("Requires-Dist", [])):
        wanted = Requirement(text)
        marker = str(wanted.marker or "")
        if "extra" in marker and wanted.name == metadata["Name"]:
            continue  # an extra that holds another one
        properties = [Property(name="range", value=str(wanted.specifier) or "any")]
        if marker:
            properties.append(Property(name="condition", value=marker))
        yield Component(
            name=wanted.name,
            type=ComponentType.LIBRARY,
            bom_ref=f"requirement:{number}",
            purl=PackageURL("pypi", name=wanted.name),
            properties=properties,
        )


def main() -> None:
    """Write the file that is named second, of the wheel that is named first."""
    wheel, target = map(Path, sys.argv[1:])
    target.write_text(sbom(wheel), encoding="utf-8")


if __name__ == "__main__":
    main()
