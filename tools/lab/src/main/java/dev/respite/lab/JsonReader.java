package dev.respite.lab;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import org.jspecify.annotations.Nullable;

/** Reads JSON. */
public final class JsonReader {

    private JsonReader() {}

    /** Names the place of an error in a text that is not JSON. */
    public static final class NotJsonException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        NotJsonException(JsonParserException broken) {
            super(broken.getMessage());
        }
    }

    /**
     * Reads a text.
     *
     * @param text one JSON value, and nothing else but white space
     * @return the value
     * @throws NotJsonException if it is not JSON
     */
    public static Json read(String text) {
        try {
            return json(JsonParser.any().withLazyNumbers().from(text));
        } catch (JsonParserException broken) {
            throw new NotJsonException(broken);
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
