-- Respite's durable calls: those that wait for their next attempt, and those that were given up.
-- Run it with Flyway, or by hand, in the schema that your connections see first. Nothing runs it by itself.

-- The columns are those of db-scheduler, which picks the rows. The table is Respite's own: another scheduler would delete
-- rows whose task it does not know.
CREATE TABLE respite_task (
    task_name            varchar(100) NOT NULL,
    task_instance        varchar(100) NOT NULL,
    task_data            binary large object,
    execution_time       timestamp(6) with time zone NOT NULL,
    picked               boolean NOT NULL,
    picked_by            varchar(50),
    last_success         timestamp(6) with time zone,
    last_failure         timestamp(6) with time zone,
    consecutive_failures integer,
    last_heartbeat       timestamp(6) with time zone,
    version              bigint NOT NULL,
    priority             smallint,
    PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX respite_task_due ON respite_task (execution_time);
CREATE INDEX respite_task_heartbeat ON respite_task (last_heartbeat);

-- Calls that were given up, paused or could not be read.
CREATE TABLE respite_dead_letter (
    letter_id     varchar(36) NOT NULL PRIMARY KEY,
    task_name     varchar(100) NOT NULL,
    task_instance varchar(100) NOT NULL,
    call_key      varchar(255) NOT NULL,
    state         varchar(10) NOT NULL
        CHECK (REGEXP_LIKE(state, '^(DEAD|PAUSED|PARKED)$')),
    reason        varchar(100) NOT NULL,
    parked_at     timestamp(6) with time zone NOT NULL,
    first_start   timestamp(6) with time zone,
    attempts      integer NOT NULL,
    last_error    varchar(4000) NOT NULL,
    history       varchar(4000) NOT NULL,
    data_version  integer NOT NULL,
    envelope      binary large object
);

CREATE INDEX respite_dead_letter_listing ON respite_dead_letter (parked_at, letter_id);
CREATE INDEX respite_dead_letter_task ON respite_dead_letter (task_name, state);
