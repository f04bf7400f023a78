package dev.respite.policy;

import dev.respite.policy.FleetSpec.Account;
import dev.respite.policy.FleetSpec.Fresh;
import dev.respite.policy.FleetSpec.Funding;
import dev.respite.text.Spelling;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads the text form of budgets. */
final class BudgetText {

    private static final String KEY = PolicyKeys.BUDGET;
    private static final List<String> FORMS =
            List.of("fleet", "10%", "success:0.5/20/10", "aws-2.0", "aws-2.1", "grpc:10/0.1", "off");

    private static final String FLEET = "fleet";
    private static final String FLEET_FORM =
            FLEET + ":clients=5000,tokens=0.5/20,overload=2/30/0.02/5s,ordinary=8/80/1/5s,fresh=8s/30s,"
                    + "deviations=8, of which any may be left out";
    private static final List<String> FLEET_PARTS =
            List.of("clients", "tokens", "overload", "ordinary", "fresh", "deviations");

    private BudgetText() {}

    static BudgetSpec parse(String text) {
        try {
            return read(text);
        } catch (InvalidPolicyException rejected) {
            throw rejected;
        } catch (IllegalArgumentException outOfRange) {
            throw InvalidPolicyException.of(KEY, text, String.valueOf(outOfRange.getMessage()));
        }
    }

    private static BudgetSpec read(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return named(text);
        }
        String values = text.substring(colon + 1);
        return switch (text.substring(0, colon)) {
            case FLEET -> fleet(text, values);
            case "success" -> {
                String[] numbers = numbers(text, values, 3);
                yield BudgetSpec.perSuccess(decimal(numbers[0]), decimal(numbers[1]), decimal(numbers[2]));
            }
            case "grpc" -> {
                String[] numbers = numbers(text, values, 2);
                yield new GrpcSpec(Numbers.whole(KEY, numbers[0], 1), decimal(numbers[1]));
            }
            default -> throw unknown(text);
        };
    }

    private static BudgetSpec named(String text) {
        return switch (text) {
            case PolicyKeys.OFF -> BudgetSpec.off();
            case FLEET -> FleetSpec.DEFAULT;
            case "aws-2.0" -> TokenSpec.AWS_2_0;
            case "aws-2.1" -> TokenSpec.AWS_2_1;
            default -> {
                if (!text.endsWith("%")) {
                    throw unknown(text);
                }
                yield BudgetSpec.perSuccess(percentage(text), 10, 1);
            }
        };
    }

    private static FleetSpec fleet(String whole, String text) {
        FleetSpec usual = FleetSpec.DEFAULT;
        OptionalInt clients = OptionalInt.empty();
        Funding tokens = usual.tokens();
        Account overload = usual.overload();
        Account ordinary = usual.ordinary();
        Fresh fresh = usual.fresh();
        double deviations = usual.deviations();
        for (Map.Entry<String, String> setting : fleetParts(whole, text).entrySet()) {
            switch (setting.getKey()) {
                case "clients" -> clients = OptionalInt.of(clients(KEY, setting.getValue()));
                case "tokens" -> {
                    String[] values = fleetValues(whole, setting, 2);
                    tokens = new Funding(decimal(values[0]), decimal(values[1]));
                }
                case "overload" -> overload = account(fleetValues(whole, setting, 4));
                case "ordinary" -> ordinary = account(fleetValues(whole, setting, 4));
                case "fresh" -> {
                    String[] values = fleetValues(whole, setting, 2);
                    fresh = new Fresh(duration(values[0]), duration(values[1]));
                }
                default -> deviations = decimal(setting.getValue());
            }
        }
        return new FleetSpec(clients, tokens, overload, ordinary, fresh, deviations);
    }

    private static Map<String, String> fleetParts(String whole, String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String setting : text.split(",", -1)) {
            int equals = setting.indexOf('=');
            String name = equals < 0 ? setting : setting.substring(0, equals);
            if (!FLEET_PARTS.contains(name)) {
                throw InvalidPolicyException.of(
                        KEY, whole, "unknown part '" + setting + "'" + Spelling.suggestion(name, FLEET_PARTS));
            }
            if (equals < 0) {
                throw InvalidPolicyException.of(
                        KEY, whole, "'" + name + "' has no value; write it as in " + FLEET_FORM);
            }
            if (parts.put(name, setting.substring(equals + 1)) != null) {
                throw InvalidPolicyException.of(KEY, whole, "'" + name + "' is given twice; leave one of them out");
            }
        }
        return parts;
    }

    private static String[] fleetValues(String whole, Map.Entry<String, String> setting, int count) {
        String[] values = setting.getValue().split("/", -1);
        if (values.length != count) {
            throw InvalidPolicyException.of(
                    KEY,
                    whole,
                    setting.getKey() + " has " + count + " values with '/' between them; write it as in " + FLEET_FORM);
        }
        return values;
    }

    private static Account account(String[] values) {
        return new Account(decimal(values[0]), decimal(values[1]), decimal(values[2]), duration(values[3]));
    }

    /** Reads a number of clients. */
    static int clients(String key, String text) {
        return Numbers.whole(key, text, 1, FleetSpec.MAX_CLIENTS);
    }

    private static Duration duration(String text) {
        return Duration.ofNanos(Numbers.nanos(KEY, text));
    }

    private static double percentage(String text) {
        String digits = text.substring(0, text.length() - 1);
        double percent = decimal(digits);
        if (!(percent > 0 && percent <= 100)) {
            throw InvalidPolicyException.of(
                    KEY, text, "a percentage is above 0% and at most 100%; for no budget write off");
        }
        return new BigDecimal(digits).movePointLeft(2).doubleValue();
    }

    private static double decimal(String text) {
        return Numbers.decimal(KEY, text);
    }

    private static String[] numbers(String text, String values, int count) {
        String[] numbers = values.split("/", -1);
        if (numbers.length != count) {
            throw unknown(text);
        }
        return numbers;
    }

    private static InvalidPolicyException unknown(String text) {
        return InvalidPolicyException.of(KEY, text, "unknown budget; use one of the forms " + String.join(", ", FORMS));
    }
}
