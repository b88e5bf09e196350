DROP TABLE cosignature;
DROP TABLE checkpoint;
DROP TABLE sequenced;
DROP TABLE log_node;
DROP TABLE log_entry;
DROP TABLE sequencer;
