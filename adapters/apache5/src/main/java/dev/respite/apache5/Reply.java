package dev.respite.apache5;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/**
 * A response of an asynchronous call. If the call has ended with it when its head has arrived, its body goes straight to the caller.
 * Else the body waits here, as far as the flow control of the client lets it, until the call has ended with it or has released it.
 */
final class Reply implements AsyncDataConsumer, AutoCloseable {

    private final AsyncAttempt attempt;
    private final HttpResponse response;
    private final @Nullable EntityDetails details;

    /** What has arrived and is not delivered. One thread at a time delivers it. */
    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    private final AtomicInteger waiting = new AtomicInteger();
    private int bytes;
    private volatile boolean detached;

    /** The thread on which the head arrives, until the call has decided. */
    private volatile @Nullable Thread headThread = Thread.currentThread();

    private volatile boolean direct;
    private volatile @Nullable AsyncExecCallback caller;
    private volatile @Nullable AsyncDataConsumer target;

    /** The head has been delivered; written by the thread that delivers. */
    private boolean opened;

    /** The caller's code has failed: nothing more is delivered. */
    private boolean broken;

    /** The failure of the caller's own code. */
    private @Nullable Exception thrown;

    private interface Step {
        void run(AsyncExecCallback receiver, @Nullable AsyncDataConsumer consumer) throws HttpException, IOException;
    }

    Reply(AsyncAttempt attempt, HttpResponse response, @Nullable EntityDetails details) {
        this.attempt = attempt;
        this.response = response;
        this.details = details;
    }

    HttpResponse response() {
        return response;
    }

    boolean isDelivered() {
        return caller != null;
    }

    /** Returns what gets the body, when the call has seen the head. */
    @Nullable
    AsyncDataConsumer consumer() throws HttpException, IOException {
        headThread = null;
        if (thrown instanceof HttpException http) {
            throw http;
        }
        if (thrown instanceof IOException io) {
            throw io;
        }
        if (thrown instanceof RuntimeException bug) {
            throw bug;
        }
        return direct ? target : details == null ? null : this;
    }

    /** Gives the response to the caller; one that is being released, when that is done. */
    void deliver(AsyncExecCallback receiver) {
        if (headThread == Thread.currentThread()) {
            direct = true;
            caller = receiver;
            try {
                target = receiver.handleResponse(response, details);
            } catch (HttpException | IOException | RuntimeException failed) {
                thrown = failed;
            }
        } else if (detached) {
            CompletableFuture<?> unused = attempt.released().thenRun(() -> open(receiver));
        } else {
            open(receiver);
        }
    }

    private void open(AsyncExecCallback receiver) {
        caller = receiver;
        drain();
    }

    private void add(Step step) {
        steps.add(step);
        drain();
    }

    /** Delivers what has arrived, or leaves that to the thread that is delivering. */
    private void drain() {
        AsyncExecCallback receiver = caller;
        if (receiver == null || waiting.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                deliverSteps(receiver);
            } catch (HttpException | IOException | RuntimeException failed) {
                broken = true;
                attempt.cut();
                receiver.failed(failed);
            }
            seen = waiting.addAndGet(-seen);
        } while (seen > 0);
    }

    private void deliverSteps(AsyncExecCallback receiver) throws HttpException, IOException {
        if (!opened) {
            opened = true;
            target = receiver.handleResponse(response, details);
        }
        for (Step step = steps.poll(); step != null; step = steps.poll()) {
            if (!broken) {
                step.run(receiver, target);
            }
        }
    }

    /** Releases the response before a delay: a short body that arrives soon is kept. */
    void detach() {
        detached = true;
        if (details == null) {
            return;
        }
        if (details.getContentLength() > ApacheTransport.MAX_BODY) {
            cut("is longer than " + ApacheTransport.MAX_BODY + " bytes");
            return;
        }
        TimeSource time = attempt.time();
        Future<?> set = time.schedule(
                () -> time.executor().execute(() -> cut("did not arrive in time")), ApacheTransport.MAX_READ_NANOS);
        CompletableFuture<?> unused = attempt.released().thenRun(() -> set.cancel(false));
    }

    private void cut(String reason) {
        if (attempt.cut()) {
            end(new IOException(ApacheTransport.RELEASED + ": it " + reason));
        }
    }

    /** Ends the exchange of a response that the caller does not get. */
    @Override
    public void close() {
        if (!isDelivered()) {
            attempt.cut();
        }
    }

    /** The exchange has ended, by a failure if there is one. */
    void end(@Nullable Exception cause) {
        AsyncExecCallback receiver = caller;
        if (direct && receiver != null) {
            deliverEnd(receiver, cause);
        } else {
            add((late, consumer) -> deliverEnd(late, cause));
        }
    }

    private static void deliverEnd(AsyncExecCallback receiver, @Nullable Exception cause) {
        if (cause == null) {
            receiver.completed();
        } else {
            receiver.failed(cause);
        }
    }

    @Override
    public void consume(ByteBuffer source) {
        bytes += source.remaining();
        if (detached && bytes > ApacheTransport.MAX_BODY) {
            cut("is longer than " + ApacheTransport.MAX_BODY + " bytes");
            return;
        }
        byte[] chunk = new byte[source.remaining()];
        source.get(chunk);
        add((receiver, consumer) -> {
            if (consumer != null) {
                consumer.consume(ByteBuffer.wrap(chunk));
            }
        });
    }

    /** Permits more bytes when the caller does. */
    @Override
    public void updateCapacity(CapacityChannel channel) {
        if (!detached) {
            add((receiver, consumer) -> {
                if (consumer == null) {
                    channel.update(Integer.MAX_VALUE);
                } else {
                    consumer.updateCapacity(channel);
                }
            });
        }
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
        add((receiver, consumer) -> {
            if (consumer != null) {
                consumer.streamEnd(trailers);
            }
        });
    }

    /** The client releases the caller's consumer. */
    @Override
    public void releaseResources() {}
}
