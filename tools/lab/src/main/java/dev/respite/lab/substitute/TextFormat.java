package dev.respite.lab.substitute;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The conversions that texts of the engine have; any other is rejected. TeaVM's own formatter brings the symbols of all locales with it,
 * a seventh of the program.
 */
final class TextFormat {

    private static final int GROUP = 3;

    /** Flags of a number, digits after the point, and the width of a hexadecimal number with zeros. */
    private static final Pattern CONVERSION = Pattern.compile("%(?:%|s|([+]?,?)(?:d|[.]([0-9]+)f)|0([0-9]+)x)");

    private TextFormat() {}

    /** Formats values as {@link String#format(java.util.Locale, String, Object...)} does without a locale. */
    static String format(String format, Object... values) {
        StringBuilder text = new StringBuilder();
        Matcher conversion = CONVERSION.matcher(format);
        int from = 0;
        int next = 0;
        while (conversion.find()) {
            text.append(literal(format.substring(from, conversion.start())));
            from = conversion.end();
            switch (format.charAt(from - 1)) {
                case '%' -> text.append('%');
                case 's' -> text.append(values[next++]);
                case 'd' -> text.append(signed(conversion.group(1), whole(values[next++]), false));
                case 'f' -> text.append(decimal(conversion.group(1), conversion.group(2), (Double) values[next++]));
                default -> text.append(hexadecimal(conversion.group(3), (Integer) values[next++]));
            }
        }
        return text.append(literal(format.substring(from))).toString();
    }

    private static String literal(String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("'" + text + "': the lab has no such conversion; add it to TextFormat");
        }
        return text;
    }

    private static BigDecimal whole(Object value) {
        return BigDecimal.valueOf(((Number) value).longValue());
    }

    private static String decimal(String flags, String digits, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return (value > 0 && flags.startsWith("+") ? "+" : "") + value;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(Integer.parseInt(digits), RoundingMode.HALF_UP);
        return signed(flags, rounded, Double.compare(value, 0.0) < 0);
    }

    private static String signed(String flags, BigDecimal number, boolean isNegative) {
        String sign = isNegative || number.signum() < 0 ? "-" : flags.startsWith("+") ? "+" : "";
        StringBuilder digits = new StringBuilder(number.abs().toPlainString());
        if (flags.endsWith(",")) {
            int point = digits.indexOf(".");
            for (int at = (point < 0 ? digits.length() : point) - GROUP; at > 0; at -= GROUP) {
                digits.insert(at, ',');
            }
        }
        return sign + digits;
    }

    private static String hexadecimal(String width, int value) {
        String digits = Integer.toHexString(value);
        return "0".repeat(Math.max(0, Integer.parseInt(width) - digits.length())) + digits;
    }
}
