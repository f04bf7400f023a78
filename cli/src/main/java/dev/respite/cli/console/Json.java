package dev.respite.cli.console;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Writes one JSON object as text. */
public final class Json {

    private Json() {}

    /** Returns an object with the properties that the given code writes, and a final line break. */
    public static byte[] object(Consumer<JsonGenerator> properties) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(new Indented(), bytes)) {
            json.writeStartObject();
            properties.accept(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return bytes.toByteArray();
    }

    public static String text(byte[] object) {
        return new String(object, StandardCharsets.UTF_8);
    }

    public static void millis(JsonGenerator json, String name, long nanos) {
        json.writeName(name);
        number(json, BigDecimal.valueOf(nanos, 6));
    }

    /** Writes a time in milliseconds, with all digits and without an exponent. */
    public static void millis(JsonGenerator json, String name, double nanos) {
        json.writeName(name);
        number(json, BigDecimal.valueOf(nanos).movePointLeft(6));
    }

    public static void number(JsonGenerator json, BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        json.writeNumber(plain.toPlainString());
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
