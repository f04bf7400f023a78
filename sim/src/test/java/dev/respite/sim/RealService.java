package dev.respite.sim;

import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.time.TimeSource;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A {@link RealServer} or an {@link AdmissionServer} in its process. It ends with the process that started it. */
final class RealService implements Closeable {

    private final ChildJvm process;
    private final int port;

    private RealService(ChildJvm process) throws IOException {
        this.process = process;
        this.port = Integer.parseInt(process.readLine());
    }

    /**
     * What the server measured.
     *
     * @param work the mean time that a worker took for a request
     * @param requests requests that came in each second
     * @param queue how many waited when the last of them came
     */
    record Seen(Duration work, List<Double> requests, List<Double> queue) {}

    /**
     * The measurements of a servlet container.
     *
     * @param work the mean time that a worker took for a request
     * @param refused the retries that were refused
     */
    record Refusals(Duration work, long refused) {}

    static RealService start(Path scenario, List<String> settings) throws IOException {
        List<String> options = List.of(
                // Without it each answer waits for an acknowledgement that the other side delays, 40 ms.
                "-Dsun.net.httpserver.nodelay=true",
                // The default, 200, closes connections that the clients would use again.
                "-Dsun.net.httpserver.maxIdleConnections=10000");
        List<String> arguments = new ArrayList<>();
        arguments.add(scenario.toString());
        arguments.addAll(settings);
        return new RealService(ChildJvm.start(RealServer.class, options, arguments));
    }

    /** Starts a servlet container that refuses retries if the filter is on. */
    static RealService startContainer(
            AdmissionServer.Kind server, boolean isFiltered, Path scenario, List<String> settings) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add(server.name());
        arguments.add(Boolean.toString(isFiltered));
        arguments.add(scenario.toString());
        arguments.addAll(settings);
        return new RealService(ChildJvm.start(AdmissionServer.class, List.of("-XX:TieredStopAtLevel=1"), arguments));
    }

    /** Reads the scenario that the arguments of a process name: a file, and settings as {@code key=value}. */
    static Scenario read(List<String> arguments) throws IOException {
        Map<String, String> settings = arguments.stream()
                .skip(1)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        return ScenarioFile.read(Path.of(arguments.get(0)), settings);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** Forgets what was measured so far; the seconds are counted from the start. */
    void begin(Start start) {
        process.send(start.order());
    }

    /** Makes the faults happen, and returns when all are over. */
    void play(List<Fault> faults, Start start) {
        TreeMap<Long, Runnable> orders = new TreeMap<>();
        for (Fault fault : faults) {
            String order = fault.kind() == Fault.Kind.DOWN ? RealServer.UP : RealServer.WELL;
            orders.put(fault.startNanos(), () -> begin(fault));
            orders.put(fault.endNanos(), () -> process.send(order));
        }
        TimeSource time = TimeSource.system();
        long begun = start.nanoTime(time);
        orders.forEach((nanos, order) -> {
            RealClients.sleepUntil(time, begun + nanos);
            order.run();
        });
    }

    private void begin(Fault fault) {
        switch (fault.kind()) {
            case DOWN -> process.send(RealServer.DOWN);
            case ERRORS -> process.send(RealServer.FAILING + fault.degree());
            case PAUSE -> process.pause(fault.duration());
            default ->
                throw new InvalidScenarioException(
                        fault.kind() + ": the real server can only be down, pause, or respond with errors");
        }
    }

    /** Ends the service and returns its measurements of the first seconds. */
    Seen end(int seconds) throws IOException {
        String[] numbers = end();
        List<Double> requests = new ArrayList<>();
        List<Double> queue = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            int at = 1 + 2 * second;
            boolean seen = at + 1 < numbers.length;
            requests.add(seen ? Double.parseDouble(numbers[at]) : 0);
            queue.add(seen ? Double.parseDouble(numbers[at + 1]) : 0);
        }
        return new Seen(Duration.ofNanos(Long.parseLong(numbers[0])), requests, queue);
    }

    /** Ends a servlet container and returns its measurements. */
    Refusals endContainer() throws IOException {
        String[] numbers = end();
        return new Refusals(Duration.ofNanos(Long.parseLong(numbers[0])), Long.parseLong(numbers[1]));
    }

    private String[] end() throws IOException {
        process.send(RealServer.END);
        return process.readLine().split(" ", -1);
    }

    @Override
    public void close() {
        process.close();
    }
}
