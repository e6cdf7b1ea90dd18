"""Write the configuration out as a file that apply_config takes."""

import json
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandParser

from routing import config


class Command(BaseCommand):
    help = "Print queues, users and item types as YAML that apply_config takes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer JSON."""
        parser.add_argument("--json", action="store_true", help="Print JSON instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the whole configuration."""
        data = config.export()
        if options["json"]:
            self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            text = yaml.safe_dump(
                data, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
            )
            self.stdout.write(text, ending="")
