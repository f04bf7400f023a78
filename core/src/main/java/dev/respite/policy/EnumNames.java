package dev.respite.policy;

import dev.respite.text.Spelling;
import java.util.stream.Stream;

/** Values that are one of a few words. */
final class EnumNames {

    private EnumNames() {}

    static <E extends Enum<E>> E read(String key, String text, E[] words) {
        for (E word : words) {
            if (word.toString().equals(text)) {
                return word;
            }
        }
        throw InvalidPolicyException.of(
                key,
                text,
                "unknown word"
                        + Spelling.suggestion(
                                text, Stream.of(words).map(Enum::toString).toList()));
    }
}
