package dev.respite.sim.scenario;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the load of a scenario file. */
final class LoadFile {

    /** The keys of a group, which stand in the load itself where it has no groups. */
    private static final List<String> GROUP_KEYS =
            List.of("arrivals", "clients", "clients-order", "budget", "policy", "attempt-number");

    private LoadFile() {}

    static Load load(YamlSection section) {
        section.allow(List.of("to"), GROUP_KEYS, List.of("groups", "breaker", "timeout", "hedge"));
        String to = section.required("to").text();
        List<ClientGroup> groups =
                section.keys().contains("groups") ? groups(section) : List.of(group(ClientGroup.DEFAULT_NAME, section));
        Load load = section.get("groups", () -> Load.of(to, groups));
        load = section.apply(load, "breaker", (l, text) -> l.breaker(breaker(text)));
        load = section.apply(load, "timeout", (l, text) -> l.timeout(Formats.readTime(text)));
        return section.apply(load, "hedge", (l, text) -> l.hedge(Formats.readTime(text)));
    }

    private static List<ClientGroup> groups(YamlSection load) {
        for (String key : GROUP_KEYS) {
            if (load.value(key).isPresent()) {
                throw load.refuse(key, "this load has groups, each with a value of its own; write it below 'groups'");
            }
        }
        List<ClientGroup> groups = new ArrayList<>();
        for (YamlSection section : load.sections("groups")) {
            section.allow(List.of("name", "to"), GROUP_KEYS);
            ClientGroup group = group(section.required("name").text(), section);
            groups.add(section.apply(group, "to", ClientGroup::to));
        }
        return groups;
    }

    private static ClientGroup group(String name, YamlSection section) {
        Arrivals arrivals = section.required("arrivals").read(LoadFile::arrivals);
        ClientGroup group = section.get("name", () -> ClientGroup.of(name, arrivals));
        group = section.apply(group, "clients", (g, text) -> g.clients(Formats.readCount(text)));
        group = section.apply(
                group, "clients-order", (g, text) -> ValueReader.isSecond(text, "random", "turn") ? g.inTurn() : g);
        group = section.apply(group, "policy", (g, text) -> g.policy(ValueReader.policy(text)));
        group = section.apply(
                group, "budget", (g, text) -> ValueReader.isSecond(text, "own", "shared") ? g.sharingBudget() : g);
        return section.apply(
                group,
                "attempt-number",
                (g, text) -> ValueReader.isSecond(text, "true", "false") ? g.withoutAttemptNumber() : g);
    }

    private static BreakerSpec breaker(String text) {
        String[] tokens = ValueReader.split(text, 6, "own 50% of 20 open 5s, or shared 50% of 20 open 5s");
        boolean shared = ValueReader.isSecond(tokens[0], "own", "shared");
        ValueReader.expect(tokens[2], "of");
        ValueReader.expect(tokens[4], "open");
        return new BreakerSpec(
                Formats.readRatio(tokens[1]), Formats.readCount(tokens[3]), Formats.readTime(tokens[5]), shared);
    }

    private static Arrivals arrivals(String text) {
        String[] tokens = text.split(" +", -1);
        String form = "poisson 280/s, even 280/s, burst 1000 every 10s, closed 50 think-time exponential 1s"
                + " or ramp 100/s at 0 to 400/s at 60s";
        return switch (tokens[0]) {
            case "poisson" -> Arrivals.poisson(Formats.readRate(ValueReader.split(text, 2, form)[1]));
            case "even" -> Arrivals.even(Formats.readRate(ValueReader.split(text, 2, form)[1]));
            case "burst" -> {
                ValueReader.split(text, 4, form);
                ValueReader.expect(tokens[2], "every");
                yield Arrivals.burst(Formats.readCount(tokens[1]), Formats.readTime(tokens[3]));
            }
            case "closed" -> {
                if (tokens.length < 4) {
                    throw new InvalidScenarioException("'" + ValueFormat.shortened(text) + "': expected " + form);
                }
                ValueReader.expect(tokens[2], "think-time");
                String think = String.join(" ", List.of(tokens).subList(3, tokens.length));
                yield Arrivals.closed(Formats.readCount(tokens[1]), ValueReader.distribution(think));
            }
            case "ramp" -> ramp(text.substring("ramp".length()).strip());
            default -> throw ValueReader.unknownWord(tokens[0], List.of("poisson", "even", "burst", "closed", "ramp"));
        };
    }

    private static Arrivals ramp(String text) {
        List<Double> rates = new ArrayList<>();
        List<Duration> times = new ArrayList<>();
        for (String point : text.split(" to ", -1)) {
            String[] tokens = ValueReader.split(point.strip(), 3, "ramp 100/s at 0 to 400/s at 60s");
            ValueReader.expect(tokens[1], "at");
            rates.add(Formats.readRate(tokens[0]));
            times.add(Formats.readTime(tokens[2]));
        }
        return Arrivals.ramp(rates, times);
    }
}
