package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Reads the balancer of a load or of a service. */
final class BalancerReader {

    private static final String FORM =
            "5 in a row, or 50% of 20 in 10s: the failed ratio, the fewest attempts, the interval";

    static final Duration USUAL_TIME = Duration.ofSeconds(30);
    static final double USUAL_MAX = 0.5;

    private BalancerReader() {}

    /** The thing with the balancer of its section, if there is one. */
    static <T> T read(YamlSection above, T thing, BiFunction<T, Balancer, T> change) {
        return above.section("balancer")
                .map(BalancerReader::balancer)
                .map(balancer -> above.get("balancer", () -> change.apply(thing, balancer)))
                .orElse(thing);
    }

    private static Balancer balancer(YamlSection section) {
        section.allow("choice", "state", "retries", "eject", "eject-time", "eject-max");
        Balancer balancer = Balancer.of(section.required("choice").read(BalancerReader::choice));
        balancer = section.apply(balancer, "state", (b, text) -> switch (text) {
            case "own" -> b;
            case "shared" -> b.shared();
            default -> throw DistributionReader.unknownWord(text, List.of("own", "shared"));
        });
        balancer = section.apply(balancer, "retries", (b, text) -> switch (text) {
            case "any" -> b;
            case "other" -> b.retryingElsewhere();
            default -> throw DistributionReader.unknownWord(text, List.of("any", "other"));
        });
        for (String key : List.of("eject-time", "eject-max")) {
            if (section.value(key).isPresent() && section.value("eject").isEmpty()) {
                throw section.refuse(key, "this balancer ejects no replica; say for what: eject: 5 in a row");
            }
        }
        Optional<Ejection> ejection = section.value("eject")
                .map(value -> new Ejection(value.read(BalancerReader::rule), USUAL_TIME, USUAL_MAX))
                .map(e -> section.apply(
                        e, "eject-time", (of, text) -> new Ejection(of.rule(), Formats.readTime(text), of.maxRatio())))
                .map(e -> section.apply(
                        e, "eject-max", (of, text) -> new Ejection(of.rule(), of.time(), Formats.readRatio(text))));
        return ejection.map(balancer::ejecting).orElse(balancer);
    }

    private static Balancer.Choice choice(String text) {
        return Stream.of(Balancer.Choice.values())
                .filter(choice -> choice.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        DistributionReader.unknownWord(text, List.of("random", "round-robin", "least-outstanding")));
    }

    private static Ejection.Rule rule(String text) {
        if (text.endsWith(" in a row")) {
            return new Ejection.Consecutive(Formats.readCount(DistributionReader.split(text, 4, FORM)[0]));
        }
        String[] fields = DistributionReader.split(text, 5, FORM);
        DistributionReader.expect(fields[1], "of");
        DistributionReader.expect(fields[3], "in");
        return new Ejection.FailureRatio(
                Formats.readRatio(fields[0]), Formats.readCount(fields[2]), Formats.readTime(fields[4]));
    }
}
