package dev.respite.sim.scenario;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Reads the balancer of a load or of a service. */
final class BalancerReader {

    private BalancerReader() {}

    /** The thing with the balancer of its section, if there is one. */
    static <T> T read(YamlSection above, T thing, BiFunction<T, Balancer, T> change) {
        return above.section("balancer")
                .map(BalancerReader::balancer)
                .map(balancer -> above.get("balancer", () -> change.apply(thing, balancer)))
                .orElse(thing);
    }

    private static Balancer balancer(YamlSection section) {
        section.allow(List.of("choice", "state", "retries"));
        Balancer balancer = Balancer.of(section.required("choice").read(BalancerReader::choice));
        balancer = section.apply(
                balancer, "state", (b, text) -> ValueReader.isSecond(text, "own", "shared") ? b.shared() : b);
        return section.apply(
                balancer,
                "retries",
                (b, text) -> ValueReader.isSecond(text, "any", "other") ? b.retryingElsewhere() : b);
    }

    private static Balancer.Choice choice(String text) {
        return Stream.of(Balancer.Choice.values())
                .filter(choice -> choice.toString().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> ValueReader.unknownWord(text, List.of("random", "round-robin", "least-outstanding")));
    }
}
