package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A server with a measured executor of few threads behind a filter. Requests by {@link #hold} occupy a
 * thread until they are released; others are recorded and served.
 */
abstract class TestServer implements AutoCloseable {

    /** The servlet for all other paths. */
    @FunctionalInterface
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private static final String HOLD = "/hold/";

    final FakeClock clock = new FakeClock();
    final QueueTime queueTime = QueueTime.of(clock);
    final ThreadPoolExecutor workers;
    final RetryAdmissionFilter filter;
    final Queue<String> served = new ConcurrentLinkedQueue<>();
    private final Map<String, CountDownLatch> holds = new ConcurrentHashMap<>();
    private final Queue<String> held = new ConcurrentLinkedQueue<>();
    private volatile Handler handler = (request, response) -> {};

    TestServer(int threads, RetryAdmission admission) {
        workers = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        filter = RetryAdmissionFilter.of(admission, queueTime);
    }

    abstract int port();

    abstract void stop() throws Exception;

    final TestServer serve(Handler handler) {
        this.handler = handler;
        return this;
    }

    final RawClient connect() throws IOException {
        return new RawClient(port());
    }

    /** Sends a request, on a connection of its own, that occupies its thread once it has one. Returns its path. */
    final String sendHold() throws IOException {
        String path = HOLD + holds.size();
        holds.put(path, new CountDownLatch(1));
        connect().send("GET " + path);
        return path;
    }

    /** Occupies a thread. Returns the path of the request. */
    final String hold() throws IOException {
        String path = sendHold();
        awaitHeld(path);
        return path;
    }

    /** Occupies so many threads. */
    final void hold(int threads) throws IOException {
        for (int thread = 0; thread < threads; thread++) {
            hold();
        }
    }

    /** Lets queued requests wait for a time, and then releases the threads for them. */
    final void releaseAfter(int queuedRequests, Duration wait) {
        awaitQueued(queuedRequests);
        clock.advance(wait);
        release();
    }

    final void awaitHeld(String path) {
        Awaitility.await().until(() -> held.contains(path));
    }

    /** Waits until so many requests wait for a thread. */
    final void awaitQueued(int requests) {
        Awaitility.await().until(() -> workers.getQueue().size() == requests);
    }

    final void awaitInProgress(int requests) {
        Awaitility.await().untilAsserted(() -> assertThat(filter.inProgress()).isEqualTo(requests));
    }

    /** Waits until so many threads run a task. */
    final void awaitActive(int threads) {
        Awaitility.await().until(() -> workers.getActiveCount() == threads);
    }

    final void release(String path) {
        holds.get(path).countDown();
    }

    final void release() {
        holds.keySet().forEach(this::release);
    }

    final HttpServlet servlet() {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                String path = request.getRequestURI();
                if (path.startsWith(HOLD)) {
                    held.add(path);
                    try {
                        holds.get(path).await();
                    } catch (InterruptedException interrupted) {
                        throw new IOException(interrupted);
                    }
                } else {
                    served.add(path);
                    handler.handle(request, response);
                }
            }
        };
    }

    @Override
    public final void close() throws Exception {
        release();
        stop();
        workers.shutdownNow();
    }
}
