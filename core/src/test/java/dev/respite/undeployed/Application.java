package dev.respite.undeployed;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An application in a class loader of its own. It makes calls of every kind that fail, on the thread of its container, and
 * leaves nothing behind. It uses the public API only.
 */
public final class Application implements Runnable {

    private static final RetryPolicy POLICY = RetryPolicy.parse("base-delay=1ms max-delay=2ms budget=off");

    /** What the application put there is inherited by threads that are created in the meantime, if they allow it. */
    private static final InheritableThreadLocal<Session> SESSION = new InheritableThreadLocal<>();

    private static final class Session {}

    private static final class Failure extends ConnectException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Response implements AutoCloseable {
        @Override
        public void close() {}
    }

    private static final class Listener implements RetryListener {
        private final Queue<RetryEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        public void on(RetryEvent event) {
            events.add(event);
        }
    }

    @Override
    public void run() {
        SESSION.set(new Session());
        try {
            RetryPolicy rejecting = POLICY.toBuilder()
                    .retryOnResult(Response.class, response -> true)
                    .build();
            blocking(Retry.of(rejecting).withListener(new Listener()));
            asynchronous(Retry.of(rejecting).withListener(new Listener()));
            asynchronous(Retry.of(rejecting, TimeSource.on(Runnable::run)).withContext(task -> new Task(task)));
            hedged(Retry.of(POLICY));
        } catch (Exception unexpected) {
            throw new IllegalStateException(unexpected);
        } finally {
            SESSION.remove();
        }
    }

    private record Task(Runnable inContext) implements Runnable {
        @Override
        public void run() {
            inContext.run();
        }
    }

    private static void blocking(Retry retry) throws Exception {
        failing(() -> retry.call(() -> retry.call(Application::fail)));
        retry.call(() -> retry.call(Response::new));
        Retry timed = retry.withPolicy(RetryPolicy.parse("base-delay=1ms budget=off attempt-timeout=2ms"));
        failing(() -> timed.callWithInterrupt(() -> {
            new CountDownLatch(1).await();
            return fail();
        }));
    }

    private static void asynchronous(Retry retry) throws Exception {
        failing(() -> end(retry.callAsync(() -> retry.callAsync(() -> CompletableFuture.failedFuture(new Failure())))));
        failing(() -> end(retry.callAsync(() -> CompletableFuture.completedFuture(retry.call(Application::fail)))));
        end(retry.callAsync(() -> CompletableFuture.completedFuture(new Response())));
        Retry timed = retry.withPolicy(RetryPolicy.parse("base-delay=1ms budget=off attempt-timeout=2ms"));
        failing(() -> end(timed.callAsync(CompletableFuture<Response>::new)));
        retry.callAsync(CompletableFuture<Response>::new).cancel(true);
    }

    private static void hedged(Retry retry) throws Exception {
        Hedge hedge = Hedge.of(retry, Duration.ofMillis(1));
        failing(() -> end(hedge.callIdempotentWithAttempt(attempt ->
                attempt.number() == 1 ? new CompletableFuture<>() : CompletableFuture.failedFuture(new Error()))));
    }

    private static Response fail() throws Failure {
        throw new Failure();
    }

    private static Object end(CompletableFuture<?> call) throws Exception {
        return call.get(60, TimeUnit.SECONDS);
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static void failing(Call call) {
        try {
            call.run();
        } catch (Exception expected) {
            return;
        }
        throw new AssertionError("the call should have failed");
    }
}
