CREATE TABLE effect (item varchar(200) NOT NULL);
