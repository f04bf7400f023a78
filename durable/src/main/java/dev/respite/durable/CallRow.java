package dev.respite.durable;

import com.github.kagkarlsson.scheduler.task.Execution;

/**
 * The row of a call that is being run: its identity, and the version that shows whether it was taken over.
 *
 * @param task the name of the task
 * @param id the id of the call
 * @param version the version of the row when it was picked
 */
record CallRow(String task, String id, long version) {

    static CallRow of(Execution execution) {
        return new CallRow(execution.getTaskName(), execution.getId(), execution.version);
    }
}
