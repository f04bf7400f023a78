package dev.respite.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The text form of the default budget: only what differs from {@link FleetSpec#DEFAULT} is written. */
final class FleetText {

    static final String FAMILY = "fleet";

    static final String FORM =
            FAMILY + ":clients=5000,tokens=0.5/20,overload=2/30/0.02/5s,ordinary=8/80/1/5s,fresh=8s/30s,"
                    + "deviations=8, of which any may be left out";

    private static final String KEY = PolicyKeys.BUDGET;
    private static final String CLIENTS = "clients";
    private static final String TOKENS = "tokens";
    private static final String OVERLOAD = "overload";
    private static final String ORDINARY = "ordinary";
    private static final String FRESH = "fresh";
    private static final String DEVIATIONS = "deviations";
    private static final List<String> PARTS = List.of(CLIENTS, TOKENS, OVERLOAD, ORDINARY, FRESH, DEVIATIONS);

    private FleetText() {}

    static String format(FleetSpec fleet) {
        List<String> parts = new ArrayList<>();
        fleet.clients().ifPresent(clients -> parts.add(CLIENTS + "=" + clients));
        add(parts, TOKENS, fleet.tokens(), FleetSpec.DEFAULT.tokens());
        add(parts, OVERLOAD, fleet.overload(), FleetSpec.DEFAULT.overload());
        add(parts, ORDINARY, fleet.ordinary(), FleetSpec.DEFAULT.ordinary());
        add(parts, FRESH, fleet.fresh(), FleetSpec.DEFAULT.fresh());
        if (fleet.deviations() != FleetSpec.DEFAULT.deviations()) {
            parts.add(DEVIATIONS + "=" + ValueFormat.format(fleet.deviations()));
        }
        return parts.isEmpty() ? FAMILY : FAMILY + ":" + String.join(",", parts);
    }

    private static void add(List<String> parts, String name, Object value, Object usual) {
        if (!value.equals(usual)) {
            parts.add(name + "=" + value);
        }
    }

    /** Reads what follows the family and the colon. */
    static FleetSpec parse(String whole, String text) {
        Map<String, String> parts = parts(whole, text);
        FleetSpec usual = FleetSpec.DEFAULT;
        OptionalInt clients = OptionalInt.empty();
        FleetSpec.Funding tokens = usual.tokens();
        FleetSpec.Account overload = usual.overload();
        FleetSpec.Account ordinary = usual.ordinary();
        FleetSpec.Fresh fresh = usual.fresh();
        double deviations = usual.deviations();
        for (Map.Entry<String, String> part : parts.entrySet()) {
            String value = part.getValue();
            switch (part.getKey()) {
                case CLIENTS -> clients = OptionalInt.of(clients(KEY, value));
                case TOKENS -> tokens = tokens(numbers(whole, part, 2));
                case OVERLOAD -> overload = account(numbers(whole, part, 4));
                case ORDINARY -> ordinary = account(numbers(whole, part, 4));
                case FRESH -> fresh = fresh(numbers(whole, part, 2));
                default -> deviations = decimal(value);
            }
        }
        return new FleetSpec(clients, tokens, overload, ordinary, fresh, deviations);
    }

    private static Map<String, String> parts(String whole, String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!PARTS.contains(name)) {
                throw InvalidPolicyException.of(
                        KEY, whole, "unknown part '" + part + "'" + Spelling.suggestion(name, PARTS));
            }
            if (equals < 0) {
                throw InvalidPolicyException.of(KEY, whole, "'" + name + "' has no value; write it as in " + FORM);
            }
            if (parts.put(name, part.substring(equals + 1)) != null) {
                throw InvalidPolicyException.of(KEY, whole, "'" + name + "' is given twice; leave one of them out");
            }
        }
        return parts;
    }

    private static String[] numbers(String whole, Map.Entry<String, String> part, int count) {
        String[] numbers = part.getValue().split("/", -1);
        if (numbers.length != count) {
            throw InvalidPolicyException.of(
                    KEY,
                    whole,
                    part.getKey() + " has " + count + " values with '/' between them; write it as in " + FORM);
        }
        return numbers;
    }

    /** Reads a number of clients. */
    static int clients(String key, String text) {
        return Numbers.whole(key, text, 1, FleetSpec.MAX_CLIENTS);
    }

    private static FleetSpec.Funding tokens(String[] values) {
        return new FleetSpec.Funding(decimal(values[0]), decimal(values[1]));
    }

    private static FleetSpec.Account account(String[] values) {
        return new FleetSpec.Account(decimal(values[0]), decimal(values[1]), decimal(values[2]), duration(values[3]));
    }

    private static FleetSpec.Fresh fresh(String[] values) {
        return new FleetSpec.Fresh(duration(values[0]), duration(values[1]));
    }

    private static double decimal(String text) {
        return Numbers.decimal(KEY, text);
    }

    private static Duration duration(String text) {
        return Duration.ofNanos(Numbers.nanos(KEY, text));
    }
}
