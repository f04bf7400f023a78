package dev.respite.cli.console;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** An object of JSON, whose properties keep their order. Not thread-safe. */
public final class Json {

    private static final Pattern LATE_CONTROLS = Pattern.compile("[\\x7f-\\x9f]");

    private final Map<String, Object> properties = new LinkedHashMap<>();

    private Json() {}

    /** Returns an object without properties. */
    public static Json object() {
        return new Json();
    }

    /**
     * Sets a property, and returns this object.
     *
     * @param value an object, a collection, a number, a boolean, or an optional one; anything else is written as its {@code
     *     toString}. An empty optional and an infinite number are null
     */
    public Json put(String name, Object value) {
        properties.put(name, value);
        return this;
    }

    /** Sets the properties of another object, and returns this one. */
    public Json putAll(Json other) {
        properties.putAll(other.properties);
        return this;
    }

    /** Returns the names of the properties. */
    public Set<String> names() {
        return properties.keySet();
    }

    /** Returns the value of a property, or an empty optional. */
    public Object get(String name) {
        return properties.getOrDefault(name, Optional.empty());
    }

    /** Returns the text of this object, with a final line break. Numbers have all digits and no exponent. */
    public String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(new Indented(), text)) {
            write(json, this);
            json.writeRaw('\n');
        }
        // The generator escapes the others. A terminal may obey these too.
        return LATE_CONTROLS
                .matcher(text.toString())
                .replaceAll(found -> String.format(
                        Locale.ROOT, "\\\\u%04x", (int) found.group().charAt(0)));
    }

    /** Returns a time as a number of milliseconds. */
    public static BigDecimal millis(long nanos) {
        return BigDecimal.valueOf(nanos, 6);
    }

    /** Returns a time as a number of milliseconds. */
    public static BigDecimal millis(double nanos) {
        return BigDecimal.valueOf(nanos).movePointLeft(6);
    }

    private static void write(JsonGenerator json, Object value) {
        if (value instanceof Json object) {
            json.writeStartObject();
            object.properties.forEach((name, property) -> {
                json.writeName(name);
                write(json, property);
            });
            json.writeEndObject();
        } else if (value instanceof Collection<?> values) {
            json.writeStartArray();
            values.forEach(each -> write(json, each));
            json.writeEndArray();
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresentOrElse(present -> write(json, present), json::writeNull);
        } else if (value instanceof OptionalInt optional) {
            optional.ifPresentOrElse(json::writeNumber, json::writeNull);
        } else if (value instanceof OptionalDouble optional) {
            optional.ifPresentOrElse(number -> write(json, number), json::writeNull);
        } else if (value instanceof Double number && number.isInfinite()) {
            json.writeNull();
        } else if (value instanceof Number number) {
            BigDecimal decimal = new BigDecimal(number.toString());
            BigDecimal plain = decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
            json.writeNumber(plain.toPlainString());
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(String.valueOf(value));
        }
    }

    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
