package dev.respite.lab.substitute;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The conversions that texts of the engine have: {@code %s}, {@code %d}, {@code %f}, {@code %x} and {@code %%}, with the flags {@code +},
 * {@code ,} and {@code 0}. TeaVM's own formatter brings the symbols of all locales with it, a seventh of the program.
 */
final class TextFormat {

    private static final int GROUP = 3;

    private TextFormat() {}

    /** Formats values as {@link String#format(java.util.Locale, String, Object...)} does without a locale. */
    static String format(String format, Object... values) {
        StringBuilder text = new StringBuilder();
        int next = 0;
        for (int at = 0; at < format.length(); at++) {
            if (format.charAt(at) != '%') {
                text.append(format.charAt(at));
                continue;
            }
            int end = at + 1;
            while (end < format.length() && "+,.0123456789".indexOf(format.charAt(end)) >= 0) {
                end++;
            }
            String options = format.substring(at + 1, end);
            char conversion = end < format.length() ? format.charAt(end) : ' ';
            switch (conversion) {
                case '%' -> text.append('%');
                case 's' -> text.append(values[next++]);
                case 'd' -> text.append(signed(options, whole(values[next++]), false));
                case 'f' -> text.append(decimal(options, (Double) values[next++]));
                case 'x' -> text.append(hexadecimal(options, (Integer) values[next++]));
                default ->
                    throw new IllegalArgumentException("the lab does not format '%" + options + conversion + "'");
            }
            at = end;
        }
        return text.toString();
    }

    private static BigDecimal whole(Object value) {
        return BigDecimal.valueOf(((Number) value).longValue());
    }

    private static String decimal(String options, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return (value > 0 && options.startsWith("+") ? "+" : "") + value;
        }
        int digits = Integer.parseInt(options.substring(options.indexOf('.') + 1));
        boolean isNegative = Double.compare(value, 0.0) < 0;
        return signed(options, BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP), isNegative);
    }

    private static String signed(String options, BigDecimal number, boolean isNegative) {
        String sign = isNegative || number.signum() < 0 ? "-" : options.startsWith("+") ? "+" : "";
        StringBuilder digits = new StringBuilder(number.abs().toPlainString());
        if (options.indexOf(',') >= 0) {
            int point = digits.indexOf(".");
            for (int at = (point < 0 ? digits.length() : point) - GROUP; at > 0; at -= GROUP) {
                digits.insert(at, ',');
            }
        }
        return sign + digits;
    }

    private static String hexadecimal(String options, int value) {
        String digits = Integer.toHexString(value);
        int width = options.isEmpty() ? 0 : Integer.parseInt(options);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
