package dev.respite.spring;

import dev.respite.Retry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Retries that are never replaced. */
record RetryMap(Map<String, Retry> retries) implements Retries {

    RetryMap {
        retries = Collections.unmodifiableMap(new LinkedHashMap<>(retries));
    }

    @Override
    public Optional<Retry> find(String name) {
        return Optional.ofNullable(retries.get(name));
    }

    @Override
    public Set<String> names() {
        return retries.keySet();
    }
}
