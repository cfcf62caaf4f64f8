"""Reads a bulk answer of the case index with lxml's iterparse, as many rounds as lines come on standard input.

Two readings, each timed in CPU seconds: `walk` lets every end event by and frees what it was about; `take` also takes what
our adapter takes of a case: its id, registrations, properties with titles, and relations with role, type and target.
"""

import sys
import time

from lxml import etree

SNAPSHOT = "SagFiltreretOejebliksbillede"
RELATIONS = {"Sagsaktoer", "Sagsklasse", "Sagspart", "Sagsrelation", "Sikkerhedsprofil", "SagsitsystemRelation"}


def local(element):
    return etree.QName(element).localname


def free(element):
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def walk(path):
    cases = 0
    for _, element in etree.iterparse(path, events=("end",), tag="{urn:oio:sts:sagdok:sagdokumentindeks:6}" + SNAPSHOT):
        cases += 1
        free(element)
    return cases, 0, 0


def reference(element):
    return element[0].text if element is not None and len(element) else None


def effect(element):
    return [bound[0].text for bound in element if len(bound)]


def take(path):
    cases = relations = title_bytes = 0
    for _, case in etree.iterparse(path, events=("end",), tag="{urn:oio:sts:sagdok:sagdokumentindeks:6}" + SNAPSHOT):
        taken = []
        for part in case.iter(etree.Element):
            name = local(part)
            if name in RELATIONS:
                told = {"name": name}
                for child in part:
                    what = local(child)
                    if what == "Virkning":
                        told[what] = effect(child)
                    elif what in ("Rolle", "Type", "ReferenceID"):
                        told[what] = reference(child)
                    elif what == "LokalUdvidelseListe":
                        told[what] = [(local(one), one.text) for extension in child for one in extension]
                taken.append(told)
                relations += 1
            elif name in ("Egenskaber", "SagIndeksEgenskaber", "Fremdrift"):
                told = {local(child): effect(child) if local(child) == "Virkning" else child.text for child in part}
                title_bytes += len((told.get("Titel") or "").encode())
                taken.append(told)
            elif name in ("LivscyklusKode", "StsTidspunkt", "Tidspunkt"):
                taken.append(part.text)
        cases += 1
        free(case)
    return cases, relations, title_bytes


def main():
    path = sys.argv[1]
    for line in sys.stdin:
        reading = {"walk": walk, "take": take}[line.strip()]
        begun = time.process_time()
        counted = reading(path)
        print(time.process_time() - begun, *counted, flush=True)


main()
