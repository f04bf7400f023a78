package dev.respite.benchmarks.admission;

import dev.respite.admission.QueueTime;
import dev.respite.admission.RetryAdmission;
import dev.respite.admission.RetryAdmissionFilter;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The decision of a filter of admission on one request, in a task whose wait is measured. The server's own work before the filter
 * and behind it is not included.
 */
public class RetryRefusal {

    /** A filter with a limit of one request in progress, which another thread keeps in progress. */
    @State(Scope.Benchmark)
    public static class Congestion {

        final QueueTime queueTime = QueueTime.create();
        private final CountDownLatch isOver = new CountDownLatch(1);
        final RetryAdmissionFilter filter =
                RetryAdmissionFilter.of(RetryAdmission.defaults().withInProgressLimit(1), queueTime);
        final RetryAdmissionFilter exempting = filter.withExemption(payments()::hasCompleted);

        private static IdempotencyFilter payments() {
            IdempotencyEngine engine = IdempotencyEngine.of(InMemoryIdempotencyStore.create());
            return IdempotencyFilter.of(HttpGuard.of(ExternalIdempotency.of(engine)))
                    .withCompletedKeys();
        }

        /** Starts a request in each filter. */
        @Setup
        public void begin() throws InterruptedException {
            hold(filter);
            hold(exempting);
        }

        private void hold(RetryAdmissionFilter held) throws InterruptedException {
            CountDownLatch hasBegun = new CountDownLatch(1);
            Exchange first = new Exchange(1);
            Thread thread = new Thread(
                    () -> pass(held, first, (request, response) -> {
                        hasBegun.countDown();
                        try {
                            isOver.await();
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        }
                    }),
                    "request-in-progress");
            thread.setDaemon(true);
            thread.start();
            hasBegun.await();
        }

        /** Ends the requests in progress. */
        @TearDown
        public void end() {
            isOver.countDown();
        }
    }

    /** A retry that the thread of a server decides on, and a first attempt. */
    @State(Scope.Thread)
    public static class Requests {

        final Exchange retry = new Exchange(2);
        final Exchange first = new Exchange(1);
    }

    @Benchmark
    public int firstAttempt(Congestion congestion, Requests requests) {
        return decide(congestion, congestion.filter, requests.first, HttpServletResponse.SC_OK);
    }

    @Benchmark
    public int refusedRetry(Congestion congestion, Requests requests) {
        return decide(congestion, congestion.filter, requests.retry, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }

    @Benchmark
    public int refusedRetryWithKey(Congestion congestion, Requests requests) {
        return decide(congestion, congestion.exempting, requests.retry, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }

    private static int decide(Congestion congestion, RetryAdmissionFilter filter, Exchange exchange, int expected) {
        exchange.recycle();
        congestion
                .queueTime
                .measure(() -> pass(filter, exchange, (request, response) -> {}))
                .run();
        if (exchange.response.status != expected) {
            throw new IllegalStateException("status " + exchange.response.status + " instead of " + expected);
        }
        return exchange.response.retryAfterSeconds;
    }

    private static void pass(RetryAdmissionFilter filter, Exchange exchange, FilterChain chain) {
        try {
            filter.doFilter(exchange.request, exchange.response, chain);
        } catch (IOException | ServletException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
