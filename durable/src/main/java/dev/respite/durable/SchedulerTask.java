package dev.respite.durable;

import static java.lang.System.Logger.Level.INFO;

import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.durable.Envelope.UnreadableDataException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** A task of db-scheduler: it has the rows run, and writes what becomes of them, each time in one statement or transaction. */
final class SchedulerTask {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private final AttemptRunner<?> runner;
    private final GiveUp giveUp;
    private final CallDatabase database;
    private final CallStatements calls;
    private final Sequences sequences;
    private final Instance instance;

    SchedulerTask(AttemptRunner<?> runner, CallDatabase database, Sequences sequences, Instance instance) {
        this.runner = runner;
        this.giveUp = new GiveUp(database);
        this.database = database;
        this.calls = new CallStatements(database);
        this.sequences = sequences;
        this.instance = instance;
    }

    /**
     * The instance that runs the task.
     *
     * @param statements the clock of the scheduler
     * @param picker the seats of calls
     * @param stopping returns whether the instance is being stopped, and interrupts attempts
     * @param log the log of dead letters
     */
    record Instance(SchedulerStatements statements, CallPicker picker, BooleanSupplier stopping, DeadLetterLog log) {}

    /** Reads a call as {@link SchedulerStatements} joins it, and writes its envelope only. */
    static final class Bytes implements Serializer {
        @Override
        public byte[] serialize(Object call) {
            return ((StoredCall) call).envelope();
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] joined) {
            return type.cast(StoredCall.split(joined));
        }
    }

    Task<StoredCall> toTask() {
        return Tasks.custom(runner.name(), StoredCall.class)
                .onFailure((complete, operations) -> lost(complete.getExecution()))
                .onDeadExecution((complete, operations) -> {
                    if (!instance.picker().isRunning(CallRow.of(complete.getExecution()))) {
                        lost(complete.getExecution());
                    }
                })
                .execute((instance, context) -> run(context.getExecution()));
    }

    private CompletionHandler<StoredCall> run(Execution execution) {
        CallRow row = CallRow.of(execution);
        AttemptRunner.Ending ending = instance.picker().await(row)
                ? runner.run(row, data(execution), instance.stopping())
                : new AttemptRunner.Ending.PutBack();
        // This write must not be interrupted: H2 would close its file.
        boolean interrupted = Thread.interrupted();
        return (complete, operations) -> {
            try {
                obey(ending, execution, operations);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    private void obey(AttemptRunner.Ending ending, Execution execution, ExecutionOperations<StoredCall> operations) {
        if (ending instanceof AttemptRunner.Ending.Remove done) {
            if (done.sequence().isEmpty()) {
                write(execution, operations::remove);
            } else {
                end(execution, done.sequence().get());
            }
        } else if (ending instanceof AttemptRunner.Ending.NextIsDue next) {
            next(next.sequence(), next.isUnclear());
        } else if (ending instanceof AttemptRunner.Ending.Reschedule again) {
            boolean isDue = write(
                            execution,
                            () -> calls.reschedule(
                                    CallRow.of(execution), again.due(), again.deferredUntil(), again.envelope()))
                    && again.deferredUntil().isEmpty()
                    && !again.due().isAfter(now());
            if (isDue) {
                // It does not wait for the next poll.
                instance.picker().wake();
            }
        } else if (ending instanceof AttemptRunner.Ending.PutBack) {
            write(execution, () -> calls.putBack(CallRow.of(execution)));
        } else if (ending instanceof AttemptRunner.Ending.Park park) {
            park(CallRow.of(execution), execution, park);
        }
    }

    private void park(CallRow row, Execution execution, AttemptRunner.Ending.Park park) {
        AtomicReference<DeadLetter> written = new AtomicReference<>(park.letter());
        boolean isOwn = write(execution, () -> {
            written.set(
                    park.handler().isPresent()
                            ? giveUp.park(
                                    row,
                                    park.letter(),
                                    park.envelope(),
                                    park.handler().get())
                            : giveUp.park(row, park.letter(), park.envelope()));
        });
        if (isOwn) {
            instance.log().add(written.get());
        }
    }

    /**
     * The heartbeat of an attempt is missing, or the attempt could not be judged: the next pick accounts for it, once. If this fails,
     * the next look for dead attempts does it: this thread writes the heartbeats too.
     */
    private void lost(Execution execution) {
        Instant lastSign = Optional.ofNullable(execution.lastHeartbeat)
                .map(instance.statements()::toStored)
                .orElseGet(this::now);
        byte[] stored = data(execution).envelope();
        byte[] marked;
        try {
            marked = Envelope.decode(stored).lost(lastSign).encode();
        } catch (UnreadableDataException damaged) {
            // The next pick parks it.
            marked = stored;
        }
        byte[] next = marked;
        database.transaction("a call whose attempt was lost could not be made due", connection -> {
            calls.release(connection, CallRow.of(execution), next, now());
            return true;
        });
    }

    @FunctionalInterface
    private interface Write {
        void run() throws SQLException;
    }

    /** Writes, again if the database is away. A row of another version belongs to another instance, and is left as it is. */
    private boolean write(Execution execution, Write write) {
        try {
            BackgroundWrites.RETRY.run(write::run);
            return true;
        } catch (LostRowException | ExecutionException takenOver) {
            LOGGER.log(
                    INFO,
                    "call '" + execution.getId() + "' of task '" + execution.getTaskName()
                            + "' was taken over by another instance, or has ended there; this one changes nothing");
            return false;
        } catch (SQLException failure) {
            throw new StoreException("what became of an attempt could not be stored", failure);
        }
    }

    private void end(Execution execution, String sequence) {
        AtomicBoolean isUnclear = new AtomicBoolean();
        boolean isOwn = write(
                execution,
                () -> isUnclear.set(database.transaction(
                        connection -> sequences.end(connection, CallRow.of(execution), Optional.of(sequence)))));
        if (isOwn) {
            next(sequence, isUnclear.get());
        }
    }

    private void next(String sequence, boolean isUnclear) {
        if (isUnclear) {
            sequences.nextAfterCommit(sequence);
        }
        instance.picker().wake();
    }

    private Instant now() {
        return database.time().wallTime();
    }

    private static StoredCall data(Execution execution) {
        return (StoredCall) execution.taskInstance.getData();
    }
}
