package dev.respite.policy;

import dev.respite.text.Spelling;
import java.util.stream.Stream;

/** Reads values of enumerations. */
final class EnumNames {

    private EnumNames() {}

    static <E extends Enum<E>> E read(String key, String text, E[] values) {
        for (E value : values) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        throw InvalidPolicyException.of(
                key,
                text,
                "unknown word"
                        + Spelling.suggestion(
                                text, Stream.of(values).map(Enum::toString).toList()));
    }
}
