package dev.respite.sim.scenario;

import dev.respite.sim.scenario.YamlSection.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads and writes scenarios in YAML. The keys are the names of the builder's methods. */
public final class ScenarioFile {

    private static final int MAX_BYTES = 1 << 20;

    private static final List<String> FAULTS =
            Stream.of(Fault.Kind.values()).map(Fault.Kind::toString).toList();

    private static final List<String> WORK_KEYS = List.of("replicas", "workers", "service-time", "slow-start");

    private static final List<String> ADMISSION_KEYS =
            List.of("queue", "refuse-retries", "rate-limit", "retry-after", "failures");

    private static final List<String> CALL_KEYS = List.of("calls", "timeout", "policy", "budget");

    private ScenarioFile() {}

    /**
     * Reads a scenario in YAML.
     *
     * @param text the text
     * @return the scenario
     * @throws InvalidScenarioException if something is wrong with it; it names the line and the key
     */
    public static Scenario parse(String text) {
        return parse("scenario", text, Map.of());
    }

    /**
     * Reads a scenario from a YAML file.
     *
     * @param file the file
     * @return the scenario
     * @throws IOException if the file cannot be read
     * @throws InvalidScenarioException if something is wrong with it; it names the file, the line and the key
     */
    public static Scenario read(Path file) throws IOException {
        return read(file, Map.of());
    }

    /**
     * Reads a scenario from a YAML file, with other values in some places.
     *
     * @param file the file
     * @param settings the values, under the keys that lead to them: {@code services.store.workers}
     * @return the scenario
     * @throws IOException if the file cannot be read
     * @throws InvalidScenarioException if something is wrong with it; it names the file, the line and the key
     */
    public static Scenario read(Path file, Map<String, String> settings) throws IOException {
        Path path = file.getFileName();
        String name = path == null ? file.toString() : path.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidScenarioException(name + ": more than 1 MiB; no scenario needs as much");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(name, text, settings);
        }
    }

    /**
     * Reads a scenario in YAML, with other values in some places.
     *
     * @param file what messages call the text
     * @param text the text
     * @param settings the values, under the keys that lead to them: {@code services.store.workers}
     * @return the scenario
     * @throws InvalidScenarioException if something is wrong with it; it names the line and the key
     */
    public static Scenario parse(String file, String text, Map<String, String> settings) {
        YamlSection top = YamlSection.parse(file, text, settings);
        top.allow(List.of("name", "duration", "network", "services", "load", "faults"));
        ScenarioBuilder builder =
                Scenario.builder(top.value("name").map(Value::text).orElse(file));
        top.value("duration").ifPresent(value -> value.check(time -> builder.duration(Formats.readTime(time))));
        top.section("network").ifPresent(section -> builder.network(network(section)));
        YamlSection services = top.section("services")
                .orElseThrow(() -> top.refuse("services", "there is none: name at least one service"));
        services.refuseAdded("service");
        for (String name : services.keys()) {
            services.section(name).ifPresent(section -> builder.service(service(name, section)));
        }
        YamlSection load = top.section("load").orElseThrow(() -> top.refuse("load", "there is none"));
        builder.load(LoadFile.load(load));
        for (YamlSection fault : top.sections("faults")) {
            builder.fault(fault(fault));
        }
        placeRefusals(top, builder);
        return builder.build();
    }

    /**
     * Writes a scenario in YAML, without default values.
     *
     * @param scenario the scenario
     * @return a text that makes an equal scenario; names must not begin or end with white space
     * @throws InvalidScenarioException if a service or a group has a policy with a part that is written in code
     */
    public static String yaml(Scenario scenario) {
        return ScenarioWriter.yaml(scenario);
    }

    /** Adds the place to a rejection of the builder: parts that do not fit together, with the place of the part that is wrong. */
    private static void placeRefusals(YamlSection top, ScenarioBuilder builder) {
        top.section("services")
                .ifPresent(services -> builder.services()
                        .forEach((name, service) -> services.section(name)
                                .flatMap(section -> section.value("calls"))
                                .ifPresent(calls -> calls.check(text -> builder.checkCalls(service)))));
        top.section("load").ifPresent(load -> {
            load.required("to").check(builder::checkIsThere);
            load.sections("groups")
                    .forEach(group -> group.value("to").ifPresent(to -> to.check(builder::checkIsThere)));
        });
        for (YamlSection fault : top.sections("faults")) {
            fault.required(kind(fault).toString()).check(builder::checkIsThere);
            fault.value("replica").ifPresent(replica -> replica.check(text -> builder.checkReplica(fault(fault))));
            fault.value("at").ifPresent(at -> at.check(text -> builder.checkBegins(Formats.readTime(text))));
        }
    }

    private static Network network(YamlSection section) {
        section.allow(List.of("latency", "loss"));
        Distribution latency = section.value("latency")
                .map(value -> value.read(ValueReader::distribution))
                .orElse(Network.NONE.latency());
        double loss = section.value("loss")
                .map(value -> value.read(Formats::readRatio))
                .orElse(0.0);
        return section.get("loss", () -> new Network(latency, loss));
    }

    private static Service service(String name, YamlSection section) {
        section.allow(WORK_KEYS, ADMISSION_KEYS, CALL_KEYS);
        Service service = Service.named(name);
        service = section.apply(service, "replicas", (s, text) -> s.replicas(Formats.readCount(text)));
        service = section.apply(service, "workers", (s, text) -> s.workers(Formats.readCount(text)));
        service = section.apply(service, "service-time", (s, text) -> s.serviceTime(ValueReader.distribution(text)));
        service = section.apply(service, "slow-start", ScenarioFile::slowStart);
        service = section.apply(
                service, "queue", (s, text) -> text.equals("unlimited") ? s : s.queue(Formats.readCount(text)));
        service = section.apply(service, "refuse-retries", (s, text) -> s.refuseRetries(Formats.readTime(text)));
        service = section.apply(service, "rate-limit", ScenarioFile::rateLimit);
        service = section.apply(service, "retry-after", (s, text) -> s.retryAfter(Formats.readTime(text)));
        service = section.apply(service, "failures", ScenarioFile::failures);
        service = section.apply(service, "calls", Service::calls);
        service = section.apply(service, "timeout", ScenarioFile::timeout);
        service = section.apply(service, "policy", (s, text) -> s.policy(ValueReader.policy(text)));
        return section.apply(
                service, "budget", (s, text) -> ValueReader.isSecond(text, "own", "shared") ? s.sharingBudget() : s);
    }

    private static Service slowStart(Service service, String text) {
        String[] tokens = ValueReader.split(text, 2, "3 10s: a factor, and how long until it is 1");
        return service.slowStart(Formats.readNumber(tokens[0]), Formats.readTime(tokens[1]));
    }

    private static Service rateLimit(Service service, String text) {
        if (!text.contains(" ")) {
            return service.rateLimit(Formats.readRate(text), 1);
        }
        String[] tokens = ValueReader.split(text, 3, "100/s burst 20");
        ValueReader.expect(tokens[1], "burst");
        return service.rateLimit(Formats.readRate(tokens[0]), Formats.readCount(tokens[2]));
    }

    private static Service failures(Service service, String text) {
        String[] tokens = ValueReader.split(text, 2, "20% 500, or 20% timeout");
        double fraction = Formats.readRatio(tokens[0]);
        return tokens[1].equals("timeout")
                ? service.silences(fraction)
                : service.failures(fraction, Formats.readCount(tokens[1]));
    }

    private static Service timeout(Service service, String text) {
        String to = service.downstream()
                .map(Downstream::to)
                .orElseThrow(
                        () -> new InvalidScenarioException("it limits the calls of this service, and it makes none"));
        return service.calls(to, Formats.readTime(text));
    }

    private static Fault fault(YamlSection section) {
        section.allow(FAULTS, List.of("replica", "at", "for", "ramp", "by", "to", "ratio"));
        Fault.Kind kind = kind(section);
        String service = section.required(kind.toString()).text();
        Fault fault = kind.degreeKey()
                .map(key -> section.required(key).read(text -> Fault.of(kind, service, degree(kind, text))))
                .orElseGet(() -> Fault.of(kind, service, 1));
        fault = section.apply(fault, "replica", (f, text) -> f.replica(Formats.readCount(text)));
        fault = section.apply(fault, "at", (f, text) -> f.at(Formats.readTime(text)));
        fault = section.apply(fault, "for", (f, text) -> f.duration(Formats.readTime(text)));
        return section.apply(fault, "ramp", (f, text) -> f.ramp(Formats.readTime(text)));
    }

    private static double degree(Fault.Kind kind, String text) {
        return kind == Fault.Kind.SLOW ? Formats.readNumber(text) : Formats.readRatio(text);
    }

    /** Returns the kind that is a key of a fault. */
    private static Fault.Kind kind(YamlSection section) {
        List<Fault.Kind> named = Stream.of(Fault.Kind.values())
                .filter(kind -> section.value(kind.toString()).isPresent())
                .toList();
        if (named.size() != 1) {
            throw section.refuse("faults", "each says what goes wrong, once: " + String.join(", ", FAULTS));
        }
        return named.get(0);
    }
}
