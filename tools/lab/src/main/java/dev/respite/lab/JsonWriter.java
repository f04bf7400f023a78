package dev.respite.lab;

import com.grack.nanojson.JsonStringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes one JSON object. A number that JSON does not have, such as infinity, is null. */
final class JsonWriter {

    /** Below this, the double that is a whole number is also a long with all its digits. */
    private static final double MAX_WHOLE = 1e15;

    private final JsonStringWriter json = com.grack.nanojson.JsonWriter.string();

    /** Writes the members of an object. */
    @FunctionalInterface
    interface Members {
        void write(JsonWriter object);
    }

    static String object(Members members) {
        JsonWriter writer = new JsonWriter();
        writer.json.object();
        members.write(writer);
        return writer.json.end().done();
    }

    JsonWriter text(String name, String value) {
        json.value(name, value);
        return this;
    }

    JsonWriter number(String name, double value) {
        json.key(name);
        write(value);
        return this;
    }

    JsonWriter whole(String name, long value) {
        json.value(name, value);
        return this;
    }

    JsonWriter truth(String name, boolean value) {
        json.value(name, value);
        return this;
    }

    JsonWriter object(String name, Members members) {
        json.object(name);
        members.write(this);
        json.end();
        return this;
    }

    JsonWriter texts(String name, Map<String, String> values) {
        return object(name, object -> values.forEach(object::text));
    }

    JsonWriter texts(String name, List<String> values) {
        return array(name, values, value -> json.value(value));
    }

    JsonWriter numbers(String name, List<Double> values) {
        return array(name, values, this::write);
    }

    <T> JsonWriter objects(String name, List<T> values, BiConsumer<JsonWriter, T> members) {
        return array(name, values, value -> {
            json.object();
            members.accept(this, value);
            json.end();
        });
    }

    private <T> JsonWriter array(String name, List<T> values, Consumer<T> element) {
        json.array(name);
        values.forEach(element);
        json.end();
        return this;
    }

    private void write(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            json.nul();
        } else if (value == Math.rint(value) && Math.abs(value) < MAX_WHOLE) {
            json.value((long) value);
        } else {
            json.value(value);
        }
    }
}
