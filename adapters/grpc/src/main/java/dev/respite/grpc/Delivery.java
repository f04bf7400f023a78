package dev.respite.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Delivers the end of a call to its caller: header fields, message and status, once and in this order. */
final class Delivery<R> {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.grpc");

    private final ClientCall.Listener<R> listener;
    private final Executor executor;

    /** Delivers what follows the header fields, when the caller has requested the message. */
    private final AtomicReference<@Nullable Runnable> withheld = new AtomicReference<>();

    private volatile boolean isRequested;

    /** The parts of a response that the caller receives. */
    record Response<R>(@Nullable Metadata headers, @Nullable R message, Status status, Metadata trailers) {
        static <R> Response<R> of(Status status) {
            return new Response<>(null, null, status, new Metadata());
        }
    }

    /**
     * Creates one.
     *
     * @param executor the executor of the caller, which runs the callbacks. A blocking stub waits for its tasks
     */
    Delivery(ClientCall.Listener<R> listener, Executor executor) {
        this.listener = listener;
        this.executor = executor;
    }

    void deliver(Response<R> response, boolean mayRunHere) {
        Executor runner = mayRunHere ? Runnable::run : this::execute;
        runner.execute(() -> begin(response));
    }

    private void begin(Response<R> response) {
        @Nullable Metadata headers = response.headers();
        if (headers == null || succeeds("onHeaders", () -> listener.onHeaders(headers))) {
            withheld.set(() -> end(response));
            if (isRequested || response.message() == null) {
                release(Runnable::run);
            }
        }
    }

    private void end(Response<R> response) {
        @Nullable R message = response.message();
        if (message == null || succeeds("onMessage", () -> listener.onMessage(message))) {
            close(response.status(), response.trailers());
        }
    }

    /** Runs a callback. One that throws ends the call. */
    private boolean succeeds(String name, Runnable callback) {
        try {
            callback.run();
            return true;
        } catch (Throwable bug) {
            close(
                    Status.CANCELLED.withCause(bug).withDescription("the listener has failed in " + name),
                    new Metadata());
            return false;
        }
    }

    private void close(Status status, Metadata trailers) {
        try {
            listener.onClose(status, trailers);
        } catch (RuntimeException bug) {
            LOGGER.log(System.Logger.Level.WARNING, "the listener of a call has failed in onClose", bug);
        }
    }

    void requested() {
        isRequested = true;
        release(this::execute);
    }

    private void release(Executor runner) {
        @Nullable Runnable rest = withheld.getAndSet(null);
        if (rest != null) {
            runner.execute(rest);
        }
    }

    /** The caller cancels a call that has ended, and whose message it has not requested. */
    void cancelled(Status status) {
        if (withheld.getAndSet(null) != null) {
            execute(() -> close(status, new Metadata()));
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException ended) {
            task.run();
        }
    }
}
