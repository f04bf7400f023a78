package dev.respite.sim;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.sim.scenario.Fault;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real servlet containers that refuse retries, and clients in processes: {@code bin/reality --admission}. */
@Tag("slow")
class AdmissionRealityTest {

    private static final String SCENARIO = "reality-admission.yaml";
    private static final String NONE = "none";
    private static final Duration BEFORE = Duration.ofSeconds(10);
    private static final Duration AFTER = Duration.ofSeconds(35);

    private static final Map<String, String> CLIENTS = new LinkedHashMap<>();
    private static final Map<String, Fault> FAULTS = new LinkedHashMap<>();

    static {
        CLIENTS.put(NONE, "max-attempts=1");
        CLIENTS.put("respite", "");
        CLIENTS.put("naive with a number", ClientKind.NUMBERED);
        CLIENTS.put("naive without", ClientKind.NAIVE);
        FAULTS.put("pause of 1 s", Fault.pause("server").at(BEFORE).duration(Duration.ofSeconds(1)));
        FAULTS.put("half fail for 15 s", Fault.errors("server", 0.5).at(BEFORE).duration(Duration.ofSeconds(15)));
    }

    /** The containers that a setting names, or all. */
    private static List<AdmissionServer.Kind> servers() {
        String name = System.getProperty("respite.reality.server", "");
        return name.isEmpty()
                ? List.of(AdmissionServer.Kind.values())
                : List.of(AdmissionServer.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void figures_sideBySide() throws IOException {
        int runs = Integer.getInteger("respite.reality.runs", 0);
        assumeTrue(runs > 0, "bin/reality --admission runs it");
        long seed = Long.getLong("respite.reality.seed", 1);
        Path folder = Path.of(System.getProperty("respite.reality.out", "target"));
        AdmissionTable table = new AdmissionTable();
        for (AdmissionServer.Kind server : servers()) {
            for (String fault : FAULTS.keySet()) {
                for (boolean isFiltered : new boolean[] {false, true}) {
                    AdmissionTable.Situation situation =
                            new AdmissionTable.Situation(server.toString(), fault, isFiltered);
                    Map<String, List<AdmissionFigures>> played = new LinkedHashMap<>();
                    for (long each = seed; each < seed + runs; each++) {
                        allClients(server, isFiltered, FAULTS.get(fault), each)
                                .forEach((name, run) -> played.computeIfAbsent(name, first -> new ArrayList<>())
                                        .add(run.join()));
                    }
                    List<AdmissionFigures> none = played.remove(NONE);
                    played.forEach((name, real) -> table.add(situation, name, real, none));
                    Files.writeString(folder.resolve("reality.md"), table.toString());
                }
            }
        }
    }

    /** Each kind of clients with a server of its own, all at once. */
    private static Map<String, CompletableFuture<AdmissionFigures>> allClients(
            AdmissionServer.Kind server, boolean isFiltered, Fault fault, long seed) {
        Map<String, CompletableFuture<AdmissionFigures>> runs = new LinkedHashMap<>();
        CLIENTS.forEach((name, policy) -> runs.put(
                name,
                CompletableFuture.supplyAsync(
                        () -> play(server, isFiltered, fault, policy, seed), task -> new Thread(task).start())));
        return runs;
    }

    private static AdmissionFigures play(
            AdmissionServer.Kind server, boolean isFiltered, Fault fault, String policy, long seed) {
        Duration run = Duration.ofNanos(fault.endNanos()).plus(AFTER);
        try {
            Reality reality = Reality.of(SCENARIO, Map.of("duration", run.toSeconds() + "s"));
            try (RealService service = reality.container(server, isFiltered);
                    FleetProcesses fleet = reality.processes(policy, seed, 1, service.uri())) {
                fleet.awaitReady();
                Start start = Start.after(TimeSource.system(), Duration.ofMillis(100));
                service.begin(start);
                fleet.begin(start);
                service.play(List.of(fault), start);
                return AdmissionFigures.of(fleet.report(), fault, run, service.endContainer());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
