DROP TABLE posting;
DROP TABLE entry;
DROP TABLE party;
DROP TABLE chain_head;
DROP TABLE log;
DROP FUNCTION posting_has_its_entry_and_party;
DROP FUNCTION entry_has_its_chain;
DROP FUNCTION refuse_change;
