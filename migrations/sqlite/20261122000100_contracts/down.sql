DROP TABLE settlement_line;
DROP TABLE fact;
DROP TABLE subject;
DROP TABLE subject_key;
DROP TABLE contract_party;
DROP TABLE contract;
