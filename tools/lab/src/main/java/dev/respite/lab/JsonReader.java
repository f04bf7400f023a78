package dev.respite.lab;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import dev.respite.text.ValueFormat;
import org.jspecify.annotations.Nullable;

/** Reads JSON. */
public final class JsonReader {

    private static final int MAX_DEPTH = 100;

    private JsonReader() {}

    /** Names the place of an error in a text that is not JSON. */
    public static final class NotJsonException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        NotJsonException(String message) {
            super(ValueFormat.shortened(message));
        }
    }

    /**
     * Reads a text.
     *
     * @param text one JSON value, and nothing else but white space
     * @return the value
     * @throws NotJsonException if it is not JSON, or has more than 100 levels
     */
    public static Json read(String text) {
        try {
            requireShallow(text);
            return json(JsonParser.any().withLazyNumbers().from(text));
        } catch (JsonParserException broken) {
            throw new NotJsonException(String.valueOf(broken.getMessage()));
        }
    }

    /** The parser reads nested values by recursion: a deep text would exhaust the stack. */
    private static void requireShallow(String text) {
        int depth = 0;
        boolean isQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (isQuoted) {
                i += c == '\\' ? 1 : 0;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            }
            if (depth > MAX_DEPTH) {
                throw new NotJsonException("more than " + MAX_DEPTH + " levels, at character " + (i + 1));
            }
        }
    }

    private static Json json(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return new Json.Members(object.entrySet().stream()
                    .map(member -> new Json.Member(member.getKey(), json(member.getValue())))
                    .toList());
        }
        if (value instanceof JsonArray array) {
            return new Json.Elements(array.stream().map(JsonReader::json).toList());
        }
        return new Json.Scalar(String.valueOf(value));
    }
}
