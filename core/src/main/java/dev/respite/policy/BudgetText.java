package dev.respite.policy;

import java.math.BigDecimal;
import java.util.List;

/** Reads and writes the text form of budgets. */
final class BudgetText {

    private static final String KEY = PolicyKeys.BUDGET;
    private static final List<String> FORMS =
            List.of("fleet", "10%", "success:0.5/20/10", "aws-2.0", "aws-2.1", "grpc:10/0.1", "off");

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

    static String percent(double ratio) {
        BigDecimal percent = new BigDecimal(Double.toString(ratio)).movePointRight(2);
        return percent.stripTrailingZeros().toPlainString() + "%";
    }

    private static BudgetSpec read(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return named(text);
        }
        String values = text.substring(colon + 1);
        return switch (text.substring(0, colon)) {
            case FleetText.FAMILY -> FleetText.parse(text, values);
            case "success" -> {
                String[] numbers = numbers(text, values, 3);
                yield new PerSuccess(decimal(numbers[0]), decimal(numbers[1]), decimal(numbers[2]));
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
            case PolicyKeys.OFF -> NoBudget.OFF;
            case FleetText.FAMILY -> FleetSpec.DEFAULT;
            case "aws-2.0" -> AwsBudget.V2_0;
            case "aws-2.1" -> AwsBudget.V2_1;
            default -> {
                if (!text.endsWith("%")) {
                    throw unknown(text);
                }
                yield new PerSuccess(percentage(text), 10, 1);
            }
        };
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
