package dev.respite.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that measures one client. For each line on its standard input, a load and the length of a slice in milliseconds, it
 * prints the figures of that slice. The end of the input ends it.
 */
final class LoadProcess {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private LoadProcess() {}

    /**
     * Measures until its input ends.
     *
     * @param arguments the client and the server's port
     * @throws Exception if a request fails
     */
    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + arguments[1] + "/");
        Exchange exchange = MeasuredClient.valueOf(arguments[0]).open(uri);
        Map<HttpLoad, Lanes> lanes = new EnumMap<>(HttpLoad.class);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.indexOf(' ');
            HttpLoad load = HttpLoad.valueOf(line.substring(0, space));
            long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line.substring(space + 1)));
            Lanes used = lanes.computeIfAbsent(load, unused -> Lanes.of(load, exchange));
            System.out.println(slice(used, nanos).toLine());
        }
        // No thread of the client or of a lane is waited for.
        System.exit(0);
    }

    private static HttpFigures slice(Lanes lanes, long nanos) throws Exception {
        long bytes = Allocation.bytes();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long requests = lanes.run(start + nanos);
        long wall = System.nanoTime() - start;
        return new HttpFigures(requests, wall, SYSTEM.getProcessCpuTime() - cpu, Allocation.bytes() - bytes, 0);
    }
}
