package dev.respite.sim.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the load of a scenario file. */
final class LoadFile {

    /** The keys of a group, which stand in the load itself where it has no groups. */
    private static final List<String> GROUP_KEYS = List.of("arrivals", "clients", "clients-order", "budget");

    private LoadFile() {}

    static Load load(YamlSection section) {
        section.allow("to", "arrivals", "clients", "clients-order", "budget", "groups", "breaker", "timeout", "hedge");
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
            section.allow(Stream.concat(Stream.of("name"), GROUP_KEYS.stream()).toArray(String[]::new));
            groups.add(group(section.required("name").text(), section));
        }
        return groups;
    }

    private static ClientGroup group(String name, YamlSection section) {
        Arrivals arrivals = section.required("arrivals").read(LoadFile::arrivals);
        ClientGroup group = section.get("name", () -> ClientGroup.of(name, arrivals));
        group = section.apply(group, "clients", (g, text) -> g.clients(Formats.readCount(text)));
        group = section.apply(group, "clients-order", (g, text) -> g.clientsOrder(order(text)));
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
        String[] words = DistributionReader.split(text, 6, "own 50% of 20 open 5s, or shared 50% of 20 open 5s");
        boolean shared = switch (words[0]) {
            case "own" -> false;
            case "shared" -> true;
            default -> throw DistributionReader.unknownWord(words[0], List.of("own", "shared"));
        };
        DistributionReader.expect(words[2], "of");
        DistributionReader.expect(words[4], "open");
        return new BreakerSpec(
                Formats.readRatio(words[1]), Formats.readCount(words[3]), Formats.readTime(words[5]), shared);
    }

    private static Arrivals arrivals(String text) {
        String[] words = text.split(" +", -1);
        String form = "poisson 280/s, even 280/s, burst 1000 every 10s or closed 50 think-time exponential 1s";
        return switch (words[0]) {
            case "poisson" -> new Arrivals.Poisson(Formats.readRate(DistributionReader.split(text, 2, form)[1]));
            case "even" -> new Arrivals.Even(Formats.readRate(DistributionReader.split(text, 2, form)[1]));
            case "burst" -> {
                DistributionReader.split(text, 4, form);
                DistributionReader.expect(words[2], "every");
                yield new Arrivals.Burst(Formats.readCount(words[1]), Formats.readTime(words[3]));
            }
            case "closed" -> {
                if (words.length < 4) {
                    throw new InvalidScenarioException("'" + text + "': expected " + form);
                }
                DistributionReader.expect(words[2], "think-time");
                String think = String.join(" ", List.of(words).subList(3, words.length));
                yield new Arrivals.Closed(Formats.readCount(words[1]), DistributionReader.distribution(think));
            }
            default -> throw DistributionReader.unknownWord(words[0], List.of("poisson", "even", "burst", "closed"));
        };
    }
}
