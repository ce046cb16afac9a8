"""The species and the eight duty forms that a claim can name, read once from the data files."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
SPECIES_FILE = _DATA / "species.csv"
DUTY_FORMS_FILE = _DATA / "duty_forms.csv"


@dataclass(frozen=True, slots=True)
class Species:
    """A tree, shrub or bamboo; `status` and `source` are those of the row in the city's table of species."""

    code: str
    name_zh: str
    name_la: str
    group: str
    source: str
    status: str

    def name(self, language: str) -> str:
        """Return the scientific name in `en`, or the Chinese name for every other language."""
        return self.name_la if language == "en" else self.name_zh


@dataclass(frozen=True, slots=True)
class DutyForm:
    """One of the eight forms of the planting duty. `trees_per_unit` is None where no rate is known: nothing converts."""

    code: str
    name_zh: str
    name_en: str
    trees_per_unit: Decimal | None
    source: str
    status: str
    rate_status: str

    def name(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


@cache
def _species_by_code() -> dict[str, Species]:
    with SPECIES_FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Species(**row) for row in csv.DictReader(file)}


@cache
def _duty_forms_by_code() -> dict[str, DutyForm]:
    with DUTY_FORMS_FILE.open(encoding="utf-8", newline="") as file:
        forms = [
            DutyForm(
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                trees_per_unit=Decimal(row["trees_per_unit"]) if row["trees_per_unit"] else None,
                source=row["source"],
                status=row["status"],
                rate_status=row["rate_status"],
            )
            for row in csv.DictReader(file)
        ]
    return {form.code: form for form in forms}


def list_species() -> tuple[Species, ...]:
    """Return the species in the order of the file: conifers, broadleaved trees, shrubs, bamboo."""
    return tuple(_species_by_code().values())


def find_species(code: str) -> Species | None:
    """Return the species with this code, or None."""
    return _species_by_code().get(code)


def list_duty_forms() -> tuple[DutyForm, ...]:
    """Return the eight forms in the order of the national measure."""
    return tuple(_duty_forms_by_code().values())


def find_duty_form(code: str) -> DutyForm | None:
    """Return the form with this code, or None."""
    return _duty_forms_by_code().get(code)
