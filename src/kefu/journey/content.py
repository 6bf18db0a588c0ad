"""Loads the shipped journey with its 14 named nodes (JRN-001)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.audit.trail import action, record
from kefu.journey.models import ExtraStatus, JourneyTemplate, NodeGate, NodeTemplate, Phase
from kefu.organisation.models import User

JOURNEY = Path(__file__).parent / "content" / "journey.yaml"
STEERING = ["health_manager", "doctor", "centre_director", "service_supervisor"]


@action
def load_journeys(*, by: User | None, at: datetime) -> JourneyTemplate:
    """Create the default journey unless it exists; an edited one is left alone."""
    content: dict[str, Any] = yaml.load(JOURNEY.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    template, made = JourneyTemplate.objects.get_or_create(
        code=content["code"],
        defaults={
            "zh": content["zh"], "en": content["en"],
            "correction_roles": content["correction"]["roles"], "steering_roles": STEERING,
        },
    )  # fmt: skip
    if made:
        phases = {
            row["code"]: Phase.objects.create(template=template, order=order, **row)
            for order, row in enumerate(content["phases"])
        }
        nodes = {row["code"]: _node(template, phases[row["phase"]], row) for row in content["nodes"]}
        ExtraStatus.objects.bulk_create(
            ExtraStatus(
                node=nodes[row["at"]], code=row["code"], zh=row["zh"], en=row["en"], set_by=row.get("set_by", "")
            )
            for row in content["extra_statuses"]
        )
    record("journey.templates.loaded", by=by, at=at, changes={"default": (not made, True)})
    return template


def _node(template: JourneyTemplate, phase: Phase, row: dict[str, Any]) -> NodeTemplate:
    deadline = row["deadline"]
    node = NodeTemplate.objects.create(
        template=template, phase=phase, code=row["code"], order=row["order"], zh=row["zh"], en=row["en"], roles=row["roles"],
        status_code=row["status"]["code"], status_zh=row["status"]["zh"], status_en=row["status"]["en"],
        deadline_amount=deadline["amount"], deadline_unit=deadline["unit"], calendar_code=deadline["calendar"],
        optional=row["optional"], repeats=row["repeats"], completed_by=row["completed_by"], undone_by=row["undone_by"],
        clock_from=row.get("clock_from", ""),
        condition_zh=row["gate"]["zh"], condition_en=row["gate"]["en"], effect_zh=row["effect"]["zh"], effect_en=row["effect"]["en"],
    )  # fmt: skip
    NodeGate.objects.bulk_create(
        NodeGate(node=node, gate=gate["gate"], mode=gate.get("mode", "now"), roles=gate.get("roles", []))
        for gate in row["gates"]
    )
    return node
