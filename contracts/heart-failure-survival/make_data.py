"""Makes subjects.csv, therapy.csv, death.csv and last_contact.csv from the public heart failure data.

Usage: python3 make_data.py ../../tests/fixtures/survival/heart_failure_clinical_records.csv

Age, ejection fraction, serum creatinine, sex, time and death come from the data. Chosen here: the name of each patient
(hf001 …, in the order of the rows), the day of enrolment (spread over 2025 by a fixed rule, because the rows stand in
the order of their time) and the price of the therapy, paid on the day of enrolment.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

PRICE = "12000"
FIRST_DAY = date(2025, 1, 1)
STEP = 97  # shares no divisor with 365, so every patient of 299 has a day of their own


def write(name, header, rows):
    with open(Path(__file__).parent / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    subjects, therapy, death, last_contact = [], [], [], []
    for index, record in enumerate(records):
        patient = f"hf{index + 1:03}"
        enrolled_on = FIRST_DAY + timedelta(days=index * STEP % 365)
        ended_on = enrolled_on + timedelta(days=int(record["time"]))
        sex = "male" if record["sex"] == "1" else "female"
        fields = [record["age"], sex, record["ejection_fraction"], record["serum_creatinine"]]
        subjects.append([patient, enrolled_on, *fields])
        therapy.append([patient, enrolled_on, PRICE])
        (death if record["DEATH_EVENT"] == "1" else last_contact).append([patient, ended_on])
    write("subjects.csv", ["subject", "enrolled_on", "age", "sex", "ejection_fraction", "serum_creatinine"], subjects)
    write("therapy.csv", ["subject", "on", "paid"], therapy)
    write("death.csv", ["subject", "on"], death)
    write("last_contact.csv", ["subject", "on"], last_contact)


main()
