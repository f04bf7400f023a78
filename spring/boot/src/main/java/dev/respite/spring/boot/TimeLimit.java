package dev.respite.spring.boot;

import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.convert.DurationStyle;

/**
 * A timeout that can be switched off. YAML reads {@code off} as the boolean {@code false}, which means the same.
 *
 * @param limit the timeout; empty if it is off
 */
record TimeLimit(Optional<Duration> limit) {

    /**
     * Reads a timeout. Public, since Spring's conversion calls it.
     *
     * @param text {@code off}, {@code false}, or a duration
     * @return the timeout
     * @throws IllegalArgumentException if the text is neither {@code off} nor a duration in a form that Spring Boot knows
     */
    public static TimeLimit valueOf(String text) {
        boolean off = text.equals(PolicyProperties.OFF) || text.equals(PolicyProperties.FALSE);
        return new TimeLimit(off ? Optional.empty() : Optional.of(DurationStyle.detectAndParse(text)));
    }

    /**
     * Reads what YAML makes of {@code off}. Public, since Spring's conversion calls it.
     *
     * @param limited false for no timeout
     * @return no timeout
     * @throws IllegalArgumentException if the value is true
     */
    public static TimeLimit of(Boolean limited) {
        if (limited) {
            throw new IllegalArgumentException("true: a timeout is a duration, such as 30s, or off");
        }
        return new TimeLimit(Optional.empty());
    }
}
