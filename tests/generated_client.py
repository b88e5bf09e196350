"""The programme of the README, run through a client that a stock generator made from openapi/openapi.json.

Usage: generated_client.py SERVER MAKER INSURER PLATFORM REGULATOR, the last four being tokens. `client` is the generated
package. Prints one line for each step; ends with an error when anything is answered otherwise than expected.
"""

import sys
import uuid

from client import AuthenticatedClient, models
from client.api.contracts import activate_contract, propose_contract, show_history, sign_contract
from client.api.payments import confirm_payment, send_payment
from client.api.settlements import approve_settlement, preview_settlement, propose_settlement
from client.api.subjects import enrol_subjects
from client.api.facts import report_facts

server, *tokens = sys.argv[1:]
maker, insurer, platform, regulator = (AuthenticatedClient(base_url=server, token=token) for token in tokens)
NAME = f"programme-{uuid.uuid4()}"


def done(answer, status):
    """The parsed body, which is none of a problem."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert not isinstance(answer.parsed, models.Problem), answer.content
    return answer.parsed


def change(operation, client, status, *place, **rest):
    key = str(uuid.uuid4())
    return done(operation.sync_detailed(*place, client=client, idempotency_key=key, **rest), status)


parties = {"maker": "Maker A", "insurer": "Insurer A", "platform": "Platform A"}
new = models.NewContract.from_dict({"name": NAME, "template": "efficacy-insurance", "parties": parties})
print("proposed:", change(propose_contract, maker, 201, body=new).result.digest)
for client, role in [(maker, "maker"), (insurer, "insurer"), (platform, "platform")]:
    change(sign_contract, client, 200, NAME, body=models.NewSignature(role=role))
print("in force:", change(activate_contract, maker, 200, NAME).result.contract)

subject = {"subject": "glu-001", "enrolled_on": "2019-07-10", "age": 55, "baseline_hba1c": 8.5}
subjects = models.NewSubjects.from_dict({"subjects": [subject]})
change(enrol_subjects, platform, 201, NAME, body=subjects)
facts = {
    "purchase": [{"subject": "glu-001", "on": "2019-07-10", "packs": 6, "paid": "4000"}],
    "hba1c": [{"subject": "glu-001", "on": "2020-01-06", "value": 7.1}],
    "claim": [{"subject": "glu-001", "on": "2020-03-06"}],
}
change(report_facts, platform, 201, NAME, body=models.NewFacts.from_dict({"facts": facts}))

import datetime

day = datetime.date(2020, 6, 30)
due = done(preview_settlement.sync_detailed(NAME, client=insurer, as_of=day), 200)
owed = {(total.payer, total.payee): total.amount for total in due.totals}
# 80 % of 4,000 less 200 is 3,000, the sum insured; a premium of 600, a fee of 50.
expected = {("insurer", "patient"): "3000.00", ("maker", "insurer"): "600.00", ("insurer", "platform"): "50.00"}
assert owed == expected, owed
print("due:", owed)
settlement = change(propose_settlement, insurer, 201, NAME, body=models.NewSettlement(as_of=day)).result.position
for client, role in [(insurer, "insurer"), (maker, "maker"), (platform, "platform")]:
    change(approve_settlement, client, 200, NAME, settlement, body=models.NewApproval(role=role))
payment = models.NewPayment.from_dict({"from": "insurer", "to": "patient", "amount": "3000.00"})
sent = change(send_payment, insurer, 201, NAME, body=payment).result.payment.position
change(confirm_payment, insurer, 200, NAME, sent, body=models.NewConfirmation.from_dict({}))
history = done(show_history.sync_detailed(NAME, client=regulator), 200)
kinds = [entry.kind for entry in history.items]
assert kinds[-1] == "payment.confirmed", kinds
print("paid:", len(kinds), "entries, the last", kinds[-1])
