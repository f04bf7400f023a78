package dev.respite.sim.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads the load of a scenario file. */
final class LoadFile {

    /** The keys of a group, which stand in the load itself where it has no groups. */
    private static final List<String> GROUP_KEYS = List.of("arrivals", "clients", "clients-order", "budget", "policy");

    private final Function<String, Arrivals.Trace> traces;

    /**
     * A reader.
     *
     * @param traces reads the trace of a name
     */
    LoadFile(Function<String, Arrivals.Trace> traces) {
        this.traces = traces;
    }

    Load load(YamlSection section) {
        section.allow(
                "to",
                "arrivals",
                "clients",
                "clients-order",
                "budget",
                "policy",
                "groups",
                "breaker",
                "timeout",
                "hedge",
                "balancer");
        String to = section.required("to").text();
        List<ClientGroup> groups =
                section.keys().contains("groups") ? groups(section) : List.of(group(ClientGroup.DEFAULT_NAME, section));
        Load load = section.get("groups", () -> Load.of(to, groups));
        load = section.apply(load, "breaker", (l, text) -> l.breaker(breaker(text)));
        load = section.apply(load, "timeout", (l, text) -> l.timeout(Formats.readTime(text)));
        load = section.apply(load, "hedge", (l, text) -> l.hedge(Formats.readTime(text)));
        return BalancerReader.read(section, load, Load::balancer);
    }

    private List<ClientGroup> groups(YamlSection load) {
        for (String key : GROUP_KEYS) {
            if (load.value(key).isPresent()) {
                throw load.refuse(key, "this load has groups, each with a value of its own; write it below 'groups'");
            }
        }
        List<ClientGroup> groups = new ArrayList<>();
        for (YamlSection section : load.sections("groups")) {
            section.allow(
                    Stream.concat(Stream.of("name", "to"), GROUP_KEYS.stream()).toArray(String[]::new));
            ClientGroup group = group(section.required("name").text(), section);
            groups.add(section.apply(group, "to", ClientGroup::to));
        }
        return groups;
    }

    private ClientGroup group(String name, YamlSection section) {
        Arrivals arrivals = section.required("arrivals").read(this::arrivals);
        ClientGroup group = section.get("name", () -> ClientGroup.of(name, arrivals));
        group = section.apply(group, "clients", (g, text) -> g.clients(Formats.readCount(text)));
        group = section.apply(group, "clients-order", (g, text) -> g.clientsOrder(order(text)));
        group = section.apply(group, "policy", (g, text) -> g.policy(PolicyReader.policy(text)));
        return section.apply(group, "budget", (g, text) -> switch (text) {
            case "own" -> g;
            case "shared" -> g.sharingBudget();
            default -> throw DistributionReader.unknownWord(text, List.of("own", "shared"));
        });
    }

    private static ClientGroup.Order order(String text) {
        return Stream.of(ClientGroup.Order.values())
                .filter(order -> order.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> DistributionReader.unknownWord(text, List.of("random", "turn")));
    }

    private static BreakerSpec breaker(String text) {
        String[] tokens = DistributionReader.split(text, 6, "own 50% of 20 open 5s, or shared 50% of 20 open 5s");
        boolean shared = switch (tokens[0]) {
            case "own" -> false;
            case "shared" -> true;
            default -> throw DistributionReader.unknownWord(tokens[0], List.of("own", "shared"));
        };
        DistributionReader.expect(tokens[2], "of");
        DistributionReader.expect(tokens[4], "open");
        return new BreakerSpec(
                Formats.readRatio(tokens[1]), Formats.readCount(tokens[3]), Formats.readTime(tokens[5]), shared);
    }

    private Arrivals arrivals(String text) {
        String[] tokens = text.split(" +", -1);
        String form = "poisson 280/s, even 280/s, burst 1000 every 10s, closed 50 think-time exponential 1s,"
                + " ramp 100/s at 0 to 400/s at 60s or trace FILE";
        return switch (tokens[0]) {
            case "poisson" -> new Arrivals.Poisson(Formats.readRate(DistributionReader.split(text, 2, form)[1]));
            case "even" -> new Arrivals.Even(Formats.readRate(DistributionReader.split(text, 2, form)[1]));
            case "burst" -> {
                DistributionReader.split(text, 4, form);
                DistributionReader.expect(tokens[2], "every");
                yield new Arrivals.Burst(Formats.readCount(tokens[1]), Formats.readTime(tokens[3]));
            }
            case "closed" -> {
                if (tokens.length < 4) {
                    throw new InvalidScenarioException("'" + text + "': expected " + form);
                }
                DistributionReader.expect(tokens[2], "think-time");
                String think = String.join(" ", List.of(tokens).subList(3, tokens.length));
                yield new Arrivals.Closed(Formats.readCount(tokens[1]), DistributionReader.distribution(think));
            }
            case "ramp" -> ramp(text.substring("ramp".length()).strip());
            case "trace" -> {
                String name = text.substring("trace".length()).strip();
                if (name.isEmpty()) {
                    throw new InvalidScenarioException("'" + text + "': expected " + form);
                }
                yield traces.apply(name);
            }
            default ->
                throw DistributionReader.unknownWord(
                        tokens[0], List.of("poisson", "even", "burst", "closed", "ramp", "trace"));
        };
    }

    private static Arrivals.Ramp ramp(String text) {
        List<Arrivals.Ramp.Point> points = new ArrayList<>();
        for (String point : text.split(" to ", -1)) {
            String[] tokens = DistributionReader.split(point.strip(), 3, "ramp 100/s at 0 to 400/s at 60s");
            DistributionReader.expect(tokens[1], "at");
            points.add(new Arrivals.Ramp.Point(Formats.readRate(tokens[0]), Formats.readTime(tokens[2])));
        }
        return new Arrivals.Ramp(points);
    }
}
