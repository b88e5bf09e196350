DROP TABLE aggregate_release;
DROP TABLE patient_read;
