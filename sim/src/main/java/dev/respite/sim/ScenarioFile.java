package dev.respite.sim;

import dev.respite.sim.FileSection.Value;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads scenarios in YAML. The keys are the names of the builder's methods. */
final class ScenarioFile {

    private static final List<String> FAULTS =
            Stream.of(Fault.Kind.values()).map(Fault.Kind::toString).toList();

    private ScenarioFile() {}

    static Scenario read(String file, String text, Map<String, String> settings) {
        FileSection top = FileSection.parse(file, text, settings);
        top.allow("name", "duration", "network", "services", "load", "faults");
        ScenarioBuilder builder =
                Scenario.builder(top.value("name").map(Value::text).orElse(file));
        top.value("duration").ifPresent(value -> value.check(time -> builder.duration(Texts.readTime(time))));
        top.section("network").ifPresent(section -> builder.network(network(section)));
        FileSection services = top.section("services")
                .orElseThrow(() -> top.refuse("services", "there is none: name at least one service"));
        services.refuseAdded("service");
        for (String name : services.keys()) {
            services.section(name).ifPresent(section -> builder.service(service(name, section)));
        }
        FileSection load = top.section("load").orElseThrow(() -> top.refuse("load", "there is none"));
        builder.load(LoadFile.load(load));
        for (FileSection fault : top.sections("faults")) {
            builder.fault(fault(fault));
        }
        placeRefusals(top, builder);
        return builder.build();
    }

    /** What the builder refuses of parts that do not fit together, with the place of the part that is wrong. */
    private static void placeRefusals(FileSection top, ScenarioBuilder builder) {
        top.section("services")
                .ifPresent(services -> builder.services()
                        .forEach((name, service) -> services.section(name)
                                .flatMap(section -> section.value("calls"))
                                .ifPresent(calls -> calls.check(text -> builder.checkCalls(service)))));
        top.section("load").ifPresent(load -> load.required("to").check(builder::checkIsThere));
        for (FileSection fault : top.sections("faults")) {
            fault.required(kind(fault)).check(builder::checkIsThere);
            fault.value("replica").ifPresent(replica -> replica.check(text -> builder.checkReplica(fault(fault))));
            fault.value("at").ifPresent(at -> at.check(text -> builder.checkBegins(Texts.readTime(text))));
        }
    }

    private static Network network(FileSection section) {
        section.allow("latency", "loss");
        Distribution latency = section.value("latency")
                .map(value -> value.read(Words::distribution))
                .orElse(Network.NONE.latency());
        double loss =
                section.value("loss").map(value -> value.read(Texts::readPart)).orElse(0.0);
        return section.get("loss", () -> new Network(latency, loss));
    }

    private static Service service(String name, FileSection section) {
        section.allow(
                "replicas",
                "workers",
                "service-time",
                "slow-start",
                "queue",
                "discipline",
                "rate-limit",
                "retry-after",
                "failures",
                "calls",
                "timeout");
        Service service = Service.named(name);
        service = section.apply(service, "replicas", (s, text) -> s.replicas(Texts.readCount(text)));
        service = section.apply(service, "workers", (s, text) -> s.workers(Texts.readCount(text)));
        service = section.apply(service, "service-time", (s, text) -> s.serviceTime(Words.distribution(text)));
        service = section.apply(service, "slow-start", ScenarioFile::slowStart);
        service = section.apply(
                service, "queue", (s, text) -> text.equals("unlimited") ? s : s.queue(Texts.readCount(text)));
        service = section.apply(service, "discipline", ScenarioFile::discipline);
        service = section.apply(service, "rate-limit", ScenarioFile::rateLimit);
        service = section.apply(service, "retry-after", (s, text) -> s.retryAfter(Texts.readTime(text)));
        service = section.apply(service, "failures", ScenarioFile::failures);
        service = section.apply(service, "calls", Service::calls);
        return section.apply(service, "timeout", ScenarioFile::timeout);
    }

    private static Service slowStart(Service service, String text) {
        String[] words = Words.words(text, 2, "3 10s: a factor, and how long until it is 1");
        return service.slowStart(Texts.readNumber(words[0]), Texts.readTime(words[1]));
    }

    private static Service discipline(Service service, String text) {
        return switch (text) {
            case "fifo" -> service;
            case "lifo" -> service.newestFirst();
            default -> throw Words.unknownWord(text, List.of("fifo", "lifo"));
        };
    }

    private static Service rateLimit(Service service, String text) {
        if (!text.contains(" ")) {
            return service.rateLimit(Texts.readRate(text), 1);
        }
        String[] words = Words.words(text, 3, "100/s burst 20");
        Words.expect(words[1], "burst");
        return service.rateLimit(Texts.readRate(words[0]), Texts.readCount(words[2]));
    }

    private static Service failures(Service service, String text) {
        String[] words = Words.words(text, 2, "20% 500, or 20% timeout");
        double part = Texts.readPart(words[0]);
        return words[1].equals("timeout") ? service.silences(part) : service.failures(part, Texts.readCount(words[1]));
    }

    private static Service timeout(Service service, String text) {
        String to = service.downstream()
                .map(Service.Downstream::to)
                .orElseThrow(
                        () -> new InvalidScenarioException("it limits the calls of this service, and it makes none"));
        return service.calls(to, Texts.readTime(text));
    }

    private static Fault fault(FileSection section) {
        List<String> others = List.of("replica", "at", "for", "ramp", "by", "to", "part");
        section.allow(Stream.concat(FAULTS.stream(), others.stream()).toArray(String[]::new));
        String kind = kind(section);
        String service = section.required(kind).text();
        Fault fault = switch (kind) {
            case "down" -> Fault.down(service);
            case "refuse" -> Fault.refuse(service);
            case "pause" -> Fault.pause(service);
            case "slow" -> section.required("by").read(text -> Fault.slow(service, Texts.readNumber(text)));
            case "capacity" -> section.required("to").read(text -> Fault.capacity(service, Texts.readPart(text)));
            case "errors" -> section.required("part").read(text -> Fault.errors(service, Texts.readPart(text)));
            case "fail-fast" -> section.required("part").read(text -> Fault.failFast(service, Texts.readPart(text)));
            default -> section.required("part").read(text -> Fault.throttle(service, Texts.readPart(text)));
        };
        fault = section.apply(fault, "replica", (f, text) -> f.replica(Texts.readCount(text)));
        fault = section.apply(fault, "at", (f, text) -> f.at(Texts.readTime(text)));
        fault = section.apply(fault, "for", (f, text) -> f.lasting(Texts.readTime(text)));
        return section.apply(fault, "ramp", (f, text) -> f.ramp(Texts.readTime(text)));
    }

    /** The one key of a fault that says what goes wrong. */
    private static String kind(FileSection section) {
        List<String> named =
                FAULTS.stream().filter(kind -> section.value(kind).isPresent()).toList();
        if (named.size() != 1) {
            throw section.refuse("faults", "each says what goes wrong, once: " + String.join(", ", FAULTS));
        }
        return named.get(0);
    }
}
