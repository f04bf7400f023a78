package dev.respite.lab;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Writes one JSON object. A number that JSON has not, as infinity, is null. */
final class JsonWriter {

    /** Below this, the double that is a whole number is also a long with all its digits. */
    private static final double MAX_WHOLE = 1e15;

    private final StringBuilder json;
    private boolean isEmpty = true;

    private JsonWriter(StringBuilder json) {
        this.json = json;
    }

    /** Writes the members of an object. */
    @FunctionalInterface
    interface Members {
        void write(JsonWriter object);
    }

    static String object(Members members) {
        StringBuilder json = new StringBuilder();
        writeObject(json, members);
        return json.toString();
    }

    JsonWriter text(String name, String value) {
        name(name);
        quote(json, value);
        return this;
    }

    JsonWriter number(String name, double value) {
        name(name);
        write(json, value);
        return this;
    }

    JsonWriter whole(String name, long value) {
        name(name);
        json.append(value);
        return this;
    }

    JsonWriter truth(String name, boolean value) {
        name(name);
        json.append(value);
        return this;
    }

    JsonWriter object(String name, Members members) {
        name(name);
        writeObject(json, members);
        return this;
    }

    JsonWriter texts(String name, Map<String, String> values) {
        return object(name, object -> values.forEach(object::text));
    }

    JsonWriter texts(String name, List<String> values) {
        return array(name, values, JsonWriter::quote);
    }

    JsonWriter numbers(String name, List<Double> values) {
        return array(name, values, (into, value) -> write(into, value));
    }

    <T> JsonWriter objects(String name, List<T> values, BiConsumer<JsonWriter, T> members) {
        return array(name, values, (into, value) -> writeObject(into, object -> members.accept(object, value)));
    }

    private <T> JsonWriter array(String name, List<T> values, BiConsumer<StringBuilder, T> element) {
        name(name);
        json.append('[');
        String separator = "";
        for (T value : values) {
            json.append(separator);
            element.accept(json, value);
            separator = ",";
        }
        json.append(']');
        return this;
    }

    private void name(String name) {
        json.append(isEmpty ? "" : ",");
        isEmpty = false;
        quote(json, name);
        json.append(':');
    }

    private static void writeObject(StringBuilder json, Members members) {
        json.append('{');
        members.write(new JsonWriter(json));
        json.append('}');
    }

    private static void write(StringBuilder json, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            json.append("null");
        } else if (value == Math.rint(value) && Math.abs(value) < MAX_WHOLE) {
            json.append((long) value);
        } else {
            json.append(value);
        }
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
