package dev.respite.policy;

import dev.respite.policy.BudgetSpec.Aws;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/** The text form of budgets. */
final class BudgetText {

    private static final String KEY = "budget";
    private static final List<String> FORMS = List.of(
            "fleet",
            "10%",
            "success:0.5/20/10",
            "aws-2.0",
            "aws-2.1",
            "grpc:10/0.1",
            "finagle",
            "finagle:0.2/10/10s",
            "sre",
            "off");

    private BudgetText() {}

    static BudgetSpec parse(String text) {
        try {
            return read(text);
        } catch (InvalidPolicyException refused) {
            throw refused;
        } catch (IllegalArgumentException outOfRange) {
            throw InvalidPolicyException.of(KEY, text, String.valueOf(outOfRange.getMessage()));
        }
    }

    static String percent(double part) {
        BigDecimal percent = new BigDecimal(Double.toString(part)).movePointRight(2);
        return percent.stripTrailingZeros().toPlainString() + "%";
    }

    private static BudgetSpec read(String text) {
        int colon = text.indexOf(':');
        String family = colon < 0 ? text : text.substring(0, colon);
        if (colon < 0) {
            return named(text);
        }
        if (family.equals(FleetText.FAMILY)) {
            return FleetText.parse(text, text.substring(colon + 1));
        }
        String[] parts = text.substring(colon + 1).split("/", -1);
        return switch (family) {
            case "success" -> {
                expect(text, parts, 3);
                yield new BudgetSpec.PerSuccess(decimal(parts[0]), decimal(parts[1]), decimal(parts[2]));
            }
            case "grpc" -> {
                expect(text, parts, 2);
                yield new BudgetSpec.Grpc(Numbers.whole(KEY, parts[0], 1), decimal(parts[1]));
            }
            case "finagle" -> {
                expect(text, parts, 3);
                Duration window = Duration.ofNanos(Numbers.nanos(KEY, parts[2]));
                yield new BudgetSpec.Finagle(decimal(parts[0]), decimal(parts[1]), window);
            }
            case "sre" -> {
                expect(text, parts, 1);
                yield new BudgetSpec.Ratio(percentage(text, parts[0]));
            }
            default -> throw unknown(text);
        };
    }

    private static BudgetSpec named(String text) {
        return switch (text) {
            case "off" -> new BudgetSpec.Off();
            case FleetText.FAMILY -> BudgetSpec.Fleet.DEFAULT;
            case "aws-2.0" -> new Aws(Aws.Version.V2_0);
            case "aws-2.1" -> new Aws(Aws.Version.V2_1);
            case "finagle" -> BudgetSpec.Finagle.DEFAULT;
            case "sre" -> new BudgetSpec.Ratio(0.1);
            default -> {
                if (!text.endsWith("%")) {
                    throw unknown(text);
                }
                yield new BudgetSpec.PerSuccess(percentage(text, text), 10, 1);
            }
        };
    }

    private static double percentage(String whole, String part) {
        if (!part.endsWith("%")) {
            throw InvalidPolicyException.of(KEY, whole, "expected a percentage such as 10%");
        }
        String digits = part.substring(0, part.length() - 1);
        double percent = decimal(digits);
        if (!(percent > 0 && percent <= 100)) {
            throw InvalidPolicyException.of(
                    KEY, whole, "a percentage is above 0% and at most 100%; for no budget write off");
        }
        return new BigDecimal(digits).movePointLeft(2).doubleValue();
    }

    private static double decimal(String text) {
        return Numbers.decimal(KEY, text);
    }

    private static void expect(String text, String[] parts, int count) {
        if (parts.length != count) {
            throw unknown(text);
        }
    }

    private static InvalidPolicyException unknown(String text) {
        return InvalidPolicyException.of(KEY, text, "unknown budget; use one of the forms " + String.join(", ", FORMS));
    }
}
