-- Respite's durable calls: those that wait for their next attempt, and those that were given up.
-- Run it with Flyway, or by hand, in the database that your connections name. Nothing runs it by itself.

-- The columns up to priority are those of db-scheduler, which picks the rows. The table is Respite's own: another scheduler
-- would delete rows whose task it does not know. task_data is the state of a call, which changes with each attempt. call_data is
-- its data, which never changes, and which polls do not read. The next ones order the calls of a sequence: a call that waits for
-- an earlier one is not picked. deferred_until is set while a retry waits for its pace: it may be made from then on, and is made
-- at its execution_time at the latest. The last two are for operators.
CREATE TABLE respite_task (
    task_name            varchar(100) NOT NULL,
    task_instance        varchar(100) NOT NULL,
    task_data            longblob,
    execution_time       datetime(6) NOT NULL,
    picked               boolean NOT NULL,
    picked_by            varchar(50),
    last_success         datetime(6),
    last_failure         datetime(6),
    consecutive_failures integer,
    last_heartbeat       datetime(6),
    version              bigint NOT NULL,
    priority             smallint,
    call_data            longblob,
    call_sequence        varchar(100),
    sequence_position    bigint NOT NULL AUTO_INCREMENT,
    waits_in_sequence    boolean NOT NULL DEFAULT false,
    turn_has_come        boolean NOT NULL DEFAULT false,
    deferred_until       datetime(6),
    enqueued_at          datetime(6),
    last_error           varchar(200),
    PRIMARY KEY (task_name, task_instance),
    KEY respite_task_position (sequence_position)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX respite_task_due ON respite_task (task_name, picked, waits_in_sequence, execution_time);
CREATE INDEX respite_task_deferred ON respite_task (task_name, picked, deferred_until);
CREATE INDEX respite_task_heartbeat ON respite_task (last_heartbeat);
CREATE INDEX respite_task_sequence ON respite_task (call_sequence, sequence_position);

-- Marks of effects in open transactions. One that is visible shows that a handler has ended its own transaction.
CREATE TABLE respite_task_effect (
    task_name     varchar(100) NOT NULL,
    task_instance varchar(100) NOT NULL,
    version       bigint NOT NULL,
    PRIMARY KEY (task_name, task_instance, version)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Calls that were given up, paused or cancelled, or could not be read. handler_failed is set if the handler of calls that are
-- given up has failed, and is to be run again.
CREATE TABLE respite_dead_letter (
    letter_id         varchar(36) NOT NULL PRIMARY KEY,
    task_name         varchar(100) NOT NULL,
    task_instance     varchar(100) NOT NULL,
    call_key          varchar(255) NOT NULL,
    state             varchar(10) NOT NULL CHECK (state IN ('DEAD', 'PAUSED', 'PARKED', 'CANCELLED')),
    reason            varchar(100) NOT NULL,
    parked_at         datetime(6) NOT NULL,
    first_start       datetime(6),
    attempts          integer NOT NULL,
    last_error        text NOT NULL,
    history           text NOT NULL,
    handler_failed    boolean NOT NULL DEFAULT false,
    data_version      integer NOT NULL,
    call_sequence     varchar(100),
    sequence_position bigint,
    envelope          longblob,
    call_data         longblob
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX respite_dead_letter_listing ON respite_dead_letter (parked_at, letter_id);
CREATE INDEX respite_dead_letter_task ON respite_dead_letter (task_name, state);
CREATE INDEX respite_dead_letter_sequence ON respite_dead_letter (call_sequence, sequence_position);
