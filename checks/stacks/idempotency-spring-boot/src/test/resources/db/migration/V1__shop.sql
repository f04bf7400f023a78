CREATE TABLE customer (name varchar(20) PRIMARY KEY);
CREATE SEQUENCE entry_seq;
CREATE TABLE entry (number bigint PRIMARY KEY, item varchar(200) NOT NULL);
