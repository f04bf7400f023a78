package dev.respite.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A process that measures one client with eight threads, each of which sends its next request when the last one has ended. For each
 * line on its standard input, the length of a slice in milliseconds, it prints the figures of that slice. The end of the input ends
 * it.
 */
final class LoadProcess {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    static final int THREADS = 8;

    private LoadProcess() {}

    /**
     * Measures until its input ends.
     *
     * @param arguments the client and the server's port
     * @throws Exception if a request fails
     */
    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + arguments[1] + "/");
        Callable<byte[]> client = MeasuredClient.valueOf(arguments[0]).open(uri);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line));
            System.out.println(slice(client, threads, nanos).toLine());
        }
        // The threads of the client and of the load are not awaited.
        System.exit(0);
    }

    private static HttpFigures slice(Callable<byte[]> client, ExecutorService threads, long nanos)
            throws InterruptedException, ExecutionException {
        long bytes = Allocation.bytes();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        Callable<Long> lane = () -> lane(client, start + nanos);
        long requests = 0;
        for (Future<Long> ended : threads.invokeAll(Collections.nCopies(THREADS, lane))) {
            requests += ended.get();
        }
        long wall = System.nanoTime() - start;
        return new HttpFigures(requests, wall, SYSTEM.getProcessCpuTime() - cpu, Allocation.bytes() - bytes);
    }

    /** Sends requests until a time of {@link System#nanoTime()} and returns their number. */
    private static long lane(Callable<byte[]> client, long end) throws Exception {
        long requests = 0;
        do {
            int length = client.call().length;
            if (length != ServerProcess.BODY_LENGTH) {
                throw new IllegalStateException(
                        "a body has " + length + " bytes; the server sends " + ServerProcess.BODY_LENGTH);
            }
            requests++;
        } while (System.nanoTime() < end);
        return requests;
    }
}
