-- The offset behind the last record of a partition that a group has handled or enqueued.
-- Each record updates it, so the pages keep room for new versions of the row.
CREATE TABLE kafka_position (
    consumer_group   varchar(255) NOT NULL,
    topic_id         varchar(36) NOT NULL,
    partition_number integer NOT NULL,
    next_offset      bigint NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition_number)
) WITH (fillfactor = 10);
