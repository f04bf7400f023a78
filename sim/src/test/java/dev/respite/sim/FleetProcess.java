package dev.respite.sim;

import dev.respite.sim.scenario.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * A process that plays a share of the clients of a scenario; each call blocks a thread of its own. It prints {@link #READY}
 * after its warm-up, begins when its standard input says so, prints its {@link ClientsReport} and ends. It ends at once when
 * its standard input is closed.
 */
final class FleetProcess {

    static final String READY = "ready";

    private FleetProcess() {}

    /**
     * The arguments of a process.
     *
     * @param seed of the arrivals
     * @param service where the requests are sent
     * @param policy the policy of each client, as text that {@link ClientKind#parse} reads
     * @param share which clients are played
     */
    record Part(long seed, URI service, String policy, RealClients.Share share) {

        private static final int ARGUMENTS = 5;

        static Part parse(List<String> arguments) {
            return new Part(
                    Long.parseLong(arguments.get(0)),
                    URI.create(arguments.get(1)),
                    arguments.get(2),
                    new RealClients.Share(Integer.parseInt(arguments.get(3)), Integer.parseInt(arguments.get(4))));
        }

        List<String> arguments() {
            return List.of(
                    Long.toString(seed),
                    service.toString(),
                    policy,
                    Integer.toString(share.index()),
                    Integer.toString(share.of()));
        }
    }

    /**
     * Plays its share.
     *
     * @param arguments those of a {@link Part}, the scenario's file, and settings as {@code key=value}
     */
    public static void main(String[] arguments) throws IOException {
        List<String> all = List.of(arguments);
        Part slice = Part.parse(all.subList(0, Part.ARGUMENTS));
        Scenario scenario = RealService.read(all.subList(Part.ARGUMENTS, all.size()));
        Executor threads = Executors.newCachedThreadPool();
        ClientKind kind = ClientKind.parse(scenario.load(), slice.policy(), threads);
        RealClients clients = new RealClients(scenario, slice.service(), slice.share(), kind);
        clients.warmUp(RealClients.Sending.blocking(threads));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        out.println(READY);
        out.flush();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order = orders.readLine();
        if (order == null) {
            System.exit(1);
        }
        endWith(orders);
        clients.play(slice.seed(), Start.parse(order)).lines().forEach(out::println);
        out.flush();
        System.exit(0);
    }

    /** Ends this process when its standard input is closed. */
    private static void endWith(BufferedReader orders) {
        Thread watch = new Thread(() -> {
            try {
                var unused = orders.lines().count();
            } finally {
                Runtime.getRuntime().halt(1);
            }
        });
        watch.setDaemon(true);
        watch.start();
    }

    static ChildJvm start(Part slice, Path file, List<String> settings) throws IOException {
        List<String> arguments = new ArrayList<>(slice.arguments());
        arguments.add(file.toString());
        arguments.addAll(settings);
        return ChildJvm.start(FleetProcess.class, List.of("-XX:TieredStopAtLevel=1"), arguments);
    }
}
