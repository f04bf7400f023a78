package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.math.BigDecimal;
import java.util.List;

/** Reads the text form of budgets. */
final class BudgetText {

    private static final String KEY = PolicyKeys.BUDGET;
    private static final List<String> FORMS =
            List.of("fleet", "10%", "success:0.5/20/10", "aws-2.0", "aws-2.1", "grpc:10/0.1", "off");

    private static final String FLEET = "fleet";
    private static final String FLEET_CLIENTS = "clients=";

    private BudgetText() {}

    static BudgetSpec parse(String text) {
        try {
            return InvalidPolicyException.ofWhole(KEY, text, () -> read(text));
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

    private static FleetSpec fleet(String whole, String setting) {
        if (!setting.startsWith(FLEET_CLIENTS)) {
            throw InvalidPolicyException.of(
                    KEY,
                    whole,
                    "unknown part '" + ValueFormat.shortened(setting) + "'; write it as in fleet:clients=5000");
        }
        return FleetSpec.DEFAULT.withClients(clients(KEY, setting.substring(FLEET_CLIENTS.length())));
    }

    /** Reads a number of clients. */
    static int clients(String key, String text) {
        return Numbers.whole(key, text, 1, FleetSpec.MAX_CLIENTS);
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
