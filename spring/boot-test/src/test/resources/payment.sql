CREATE TABLE payment (recipient varchar(20), amount integer);
