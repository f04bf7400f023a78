package dev.respite.spring;

import dev.respite.Retry;
import dev.respite.text.Spelling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The retries of an application by their names: what the name in an annotation refers to.
 *
 * <pre>{@code
 * @Bean
 * Retries retries() {
 *     return Retries.of(Retry.withDefaults().withName("payments"));
 * }
 * }</pre>
 *
 * <p>The names are fixed. The retry of a name may be replaced while the application runs: it is looked up for each call.
 * Implementations are safe for use by any number of threads.
 */
public interface Retries {

    /**
     * Finds the retry of a name.
     *
     * @param name the name
     * @return the retry; empty if there is none
     */
    Optional<Retry> find(String name);

    /** {@return all names for which {@link #find} has a retry} */
    Set<String> names();

    /**
     * {@return the retry of a name}
     *
     * @param name the name
     * @throws IllegalArgumentException if there is none; the message has the nearest known name, or all
     */
    default Retry get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException(unknown(name)));
    }

    private String unknown(String name) {
        String problem = "no retry has the name '" + name + "'";
        if (names().isEmpty()) {
            return problem + ": there is none at all; give Retries.of at least one";
        }
        String near = Spelling.nearSuggestion(name, names());
        return problem + near + "; the names are " + String.join(", ", names());
    }

    /**
     * Collects retries under the names that they have.
     *
     * @param retries the retries, each with a name of its own: {@code Retry.withDefaults().withName("payments")}
     * @return the retries by name
     * @throws IllegalArgumentException if two of them have the same name
     */
    static Retries of(Retry... retries) {
        Map<String, Retry> byName = new LinkedHashMap<>();
        for (Retry retry : retries) {
            if (byName.putIfAbsent(retry.name(), retry) != null) {
                throw new IllegalArgumentException("two retries have the name '" + retry.name()
                        + "', and a name stands for one: give them different names by withName");
            }
        }
        return new Retries() {
            @Override
            public Optional<Retry> find(String name) {
                return Optional.ofNullable(byName.get(name));
            }

            @Override
            public Set<String> names() {
                return Collections.unmodifiableSet(byName.keySet());
            }
        };
    }
}
