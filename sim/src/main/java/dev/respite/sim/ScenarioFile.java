package dev.respite.sim;

import dev.respite.sim.FileSection.Value;
import java.time.Duration;
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
        builder.load(load(load));
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
                .map(value -> value.read(ScenarioFile::distribution))
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
        service = section.apply(service, "service-time", (s, text) -> s.serviceTime(distribution(text)));
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
        String[] words = words(text, 2, "3 10s: a factor, and how long until it is 1");
        return service.slowStart(Texts.readNumber(words[0]), Texts.readTime(words[1]));
    }

    private static Service discipline(Service service, String text) {
        return switch (text) {
            case "fifo" -> service;
            case "lifo" -> service.newestFirst();
            default -> throw unknownWord(text, List.of("fifo", "lifo"));
        };
    }

    private static Service rateLimit(Service service, String text) {
        if (!text.contains(" ")) {
            return service.rateLimit(Texts.readRate(text), 1);
        }
        String[] words = words(text, 3, "100/s burst 20");
        expect(words[1], "burst");
        return service.rateLimit(Texts.readRate(words[0]), Texts.readCount(words[2]));
    }

    private static Service failures(Service service, String text) {
        String[] words = words(text, 2, "20% 500, or 20% timeout");
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

    private static Load load(FileSection section) {
        section.allow("to", "arrivals", "clients", "clients-order", "budget", "breaker", "timeout", "hedge");
        String to = section.required("to").text();
        Load load = section.required("arrivals").read(text -> arrivals(to, text));
        load = section.apply(load, "clients", (l, text) -> l.clients(Texts.readCount(text)));
        load = section.apply(load, "clients-order", (l, text) -> l.clientsOrder(order(text)));
        load = section.apply(load, "budget", (l, text) -> switch (text) {
            case "own" -> l;
            case "shared" -> l.sharingBudget();
            default -> throw unknownWord(text, List.of("own", "shared"));
        });
        load = section.apply(load, "breaker", (l, text) -> l.breaker(breaker(text)));
        load = section.apply(load, "timeout", (l, text) -> l.timeout(Texts.readTime(text)));
        return section.apply(load, "hedge", (l, text) -> l.hedge(Texts.readTime(text)));
    }

    private static Load.Order order(String text) {
        return Stream.of(Load.Order.values())
                .filter(order -> order.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> unknownWord(text, List.of("random", "turn")));
    }

    private static BreakerSpec breaker(String text) {
        String[] words = words(text, 6, "own 50% of 20 open 5s, or shared 50% of 20 open 5s");
        boolean shared = switch (words[0]) {
            case "own" -> false;
            case "shared" -> true;
            default -> throw unknownWord(words[0], List.of("own", "shared"));
        };
        expect(words[2], "of");
        expect(words[4], "open");
        return new BreakerSpec(Texts.readPart(words[1]), Texts.readCount(words[3]), Texts.readTime(words[5]), shared);
    }

    private static Load arrivals(String to, String text) {
        String[] words = text.split(" +", -1);
        String form = "poisson 280/s, even 280/s, burst 1000 every 10s or closed 50 thinking exponential 1s";
        return switch (words[0]) {
            case "poisson" -> Load.poisson(to, Texts.readRate(words(text, 2, form)[1]));
            case "even" -> Load.even(to, Texts.readRate(words(text, 2, form)[1]));
            case "burst" -> {
                words(text, 4, form);
                expect(words[2], "every");
                yield Load.burst(to, Texts.readCount(words[1]), Texts.readTime(words[3]));
            }
            case "closed" -> {
                if (words.length < 4) {
                    throw new InvalidScenarioException("'" + text + "': expected " + form);
                }
                expect(words[2], "thinking");
                String think = String.join(" ", List.of(words).subList(3, words.length));
                yield Load.closed(to, Texts.readCount(words[1]), distribution(think));
            }
            default -> throw unknownWord(words[0], List.of("poisson", "even", "burst", "closed"));
        };
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
            default -> section.required("part").read(text -> Fault.failFast(service, Texts.readPart(text)));
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

    static Distribution distribution(String text) {
        String form =
                "constant 10ms, exponential 10ms, exponential 10ms 10x 1%, lognormal 10ms 0.5 or bimodal 10ms 1s 1%";
        String kind = text.split(" ", -1)[0];
        return switch (kind) {
            case "constant" -> Distribution.constant(time(text, form));
            case "exponential" -> exponential(text, form);
            case "lognormal" -> {
                String[] words = words(text, 3, form);
                yield Distribution.logNormal(Texts.readTime(words[1]), Texts.readNumber(words[2]));
            }
            case "bimodal" -> {
                String[] words = words(text, 4, form);
                yield Distribution.bimodal(
                        Texts.readTime(words[1]), Texts.readTime(words[2]), Texts.readPart(words[3]));
            }
            default -> {
                if (kind.matches("[0-9].*")) {
                    yield Distribution.constant(Texts.readTime(text));
                }
                throw unknownWord(kind, List.of("constant", "exponential", "lognormal", "bimodal"));
            }
        };
    }

    private static Distribution exponential(String text, String form) {
        if (text.split(" +", -1).length == 2) {
            return Distribution.exponential(time(text, form));
        }
        String[] words = words(text, 4, form);
        if (!words[2].endsWith("x")) {
            throw new InvalidScenarioException("'" + words[2] + "': expected a factor such as 10x");
        }
        double factor = Texts.readNumber(words[2].substring(0, words[2].length() - 1));
        return Distribution.exponential(Texts.readTime(words[1]), factor, Texts.readPart(words[3]));
    }

    private static Duration time(String text, String form) {
        return Texts.readTime(words(text, 2, form)[1]);
    }

    private static String[] words(String text, int count, String form) {
        String[] words = text.split(" +", -1);
        if (words.length != count) {
            throw new InvalidScenarioException("'" + text + "': expected " + form);
        }
        return words;
    }

    private static void expect(String word, String expected) {
        if (!word.equals(expected)) {
            throw unknownWord(word, List.of(expected));
        }
    }

    private static InvalidScenarioException unknownWord(String word, List<String> known) {
        return new InvalidScenarioException("unknown word '" + word + "'" + Texts.suggestion(word, known));
    }
}
