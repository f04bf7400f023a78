package dev.respite.sim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Work;
import dev.respite.time.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The service of a scenario as a process with an HTTP server: a bounded queue, and workers that sleep for as long as the work
 * takes, also for a request whose client has timed out. It prints its port, then reads orders, one a line.
 */
final class RealServer {

    static final String DOWN = "down";
    static final String UP = "up";

    /** From now on so many responses are a 500, after the full work; a fraction follows. */
    static final String FAILING = "failing ";

    static final String WELL = "well";
    static final String END = "end";

    /** As many as may want to connect while the machine is busy with something else. */
    private static final int BACKLOG = 4_096;

    private final TimeSource time = TimeSource.system();
    private final long workNanos;
    private final long patienceNanos;
    private final ThreadPoolExecutor workers;
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final LongAdder work = new LongAdder();
    private final LongAdder works = new LongAdder();

    /** Counts the times that it went down: what belongs to a former life is lost. It is down in odd ones. */
    private final AtomicInteger life = new AtomicInteger();

    private volatile double failing;
    private volatile long begun;

    private record Arrival(long nanos, int queue) {}

    /** A request that is in the service. */
    private final class Visit implements Runnable {
        private final HttpExchange exchange;
        private final int since;

        Visit(HttpExchange exchange, int since) {
            this.exchange = exchange;
            this.since = since;
        }

        @Override
        public void run() {
            if (since != life.get()) {
                lose();
                return;
            }
            long start = time.nanoTime();
            try {
                time.sleep(workNanos);
            } catch (InterruptedException ended) {
                return;
            }
            if (since != life.get()) {
                lose();
                return;
            }
            response(exchange, time.roll() < failing ? 500 : 200);
            // To send the answer is the worker's work too.
            work.add(time.nanoTime() - start);
            works.increment();
        }

        /** Sends no answer; the connection stays open until each client has timed out. */
        void lose() {
            var unused = time.schedule(exchange::close, patienceNanos);
        }
    }

    private RealServer(Scenario scenario) {
        Work work = scenario.focus().work();
        this.workNanos = Math.round(work.time().meanNanos());
        this.patienceNanos = 3 * scenario.load().timeout().orElseThrow().toNanos();
        this.workers = new ThreadPoolExecutor(
                work.workers(),
                work.workers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(scenario.focus().admission().queue()));
        workers.prestartAllCoreThreads();
    }

    /**
     * Serves until it reads the order to end, or the end of its standard input.
     *
     * @param arguments the scenario's file, and settings as {@code key=value}
     */
    public static void main(String[] arguments) throws IOException {
        new RealServer(RealService.read(List.of(arguments))).serve();
        System.exit(0);
    }

    private void serve() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/", this::enter);
        http.start();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(http.getAddress().getPort());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (Start.isOrder(order)) {
                begin(Start.parse(order));
                continue;
            }
            if (order.startsWith(FAILING)) {
                failing = Double.parseDouble(order.substring(FAILING.length()));
                continue;
            }
            switch (order) {
                case DOWN -> goDown();
                case UP -> life.incrementAndGet();
                case WELL -> failing = 0;
                case END -> {
                    out.println(report());
                    return;
                }
                default -> throw new IOException("unknown order: " + order);
            }
        }
    }

    private void begin(Start start) {
        arrivals.clear();
        work.reset();
        works.reset();
        begun = start.nanoTime(time);
    }

    private void goDown() {
        life.incrementAndGet();
        List<Runnable> waiting = new ArrayList<>();
        workers.getQueue().drainTo(waiting);
        waiting.forEach(visit -> ((Visit) visit).lose());
    }

    private void enter(HttpExchange exchange) {
        Visit visit = new Visit(exchange, life.get());
        arrivals.add(new Arrival(time.nanoTime() - begun, workers.getQueue().size()));
        if (visit.since % 2 == 1) {
            visit.lose();
            return;
        }
        try {
            workers.execute(visit);
        } catch (RejectedExecutionException full) {
            response(exchange, 503);
        }
    }

    private static void response(HttpExchange exchange, int status) {
        try (exchange) {
            exchange.sendResponseHeaders(status, -1);
        } catch (IOException clientLeft) {
            return;
        }
    }

    /**
     * The mean nanoseconds that a worker took for a request; then for each second: how many requests came, and how many were
     * waiting when the last of them came.
     */
    private String report() {
        Series.Counts requests = new Series.Counts();
        Series.Counts queue = new Series.Counts();
        int seconds = 0;
        for (Arrival arrival : arrivals) {
            int second = (int) (arrival.nanos() / 1_000_000_000L);
            requests.set(second, 1);
            queue.set(second, arrival.queue() - queue.of(second));
            seconds = Math.max(seconds, second + 1);
        }
        StringBuilder report = new StringBuilder();
        report.append(work.sum() / Math.max(1, works.sum())).append(' ');
        for (int second = 0; second < seconds; second++) {
            report.append(requests.of(second))
                    .append(' ')
                    .append(queue.of(second))
                    .append(' ');
        }
        return report.toString().strip();
    }
}
