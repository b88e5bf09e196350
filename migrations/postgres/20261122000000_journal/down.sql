DROP TABLE posting;
DROP TABLE entry;
DROP TABLE party;
DROP TABLE chain_head;
DROP TABLE log;
DROP FUNCTION refuse_change;
