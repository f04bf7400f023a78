package dev.respite.policy;

import dev.respite.text.Spelling;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The defaults and the ready-made policies, in the text form. Their sources are in {@code docs/policies.md}. */
final class Presets {

    static final Map<String, String> DEFAULTS = PolicyText.read("max-attempts=3 backoff=exponential base-delay=100ms"
            + " multiplier=2 max-delay=20s jitter=full total-timeout=30s retry-after=honour retry-after-limit=60s"
            + " budget=fleet");

    private static final Map<String, String> NAMED = Map.of(
            "course",
            "max-attempts=3 backoff=exponential base-delay=1s multiplier=2 max-delay=32s jitter=additive"
                    + " total-timeout=2m budget=10% on.timeout.max-attempts=5 on.503.max-attempts=3"
                    + " on.5xx.max-attempts=3 on.400.max-attempts=1",
            "aws-standard-2.0",
            "max-attempts=3 backoff=exponential base-delay=1s multiplier=2 max-delay=20s jitter=full budget=aws-2.0",
            "aws-standard-2.1",
            "max-attempts=3 backoff=exponential base-delay=50ms multiplier=2 max-delay=20s jitter=full budget=aws-2.1"
                    + " retry-after=cap retry-after-limit=5s on.throttled.base-delay=1s",
            "grpc",
            "max-attempts=4 backoff=exponential base-delay=100ms multiplier=2 max-delay=1s jitter=proportional:0.2"
                    + " budget=grpc:10/0.1 retry-on=grpc:UNAVAILABLE");

    private Presets() {}

    static Map<String, String> named(String name) {
        @Nullable String text = NAMED.get(name);
        if (text == null) {
            throw InvalidPolicyException.of(
                    PolicyKeys.PRESET, name, "unknown preset" + Spelling.suggestion(name, NAMED.keySet()));
        }
        Map<String, String> settings = new LinkedHashMap<>(DEFAULTS);
        settings.putAll(PolicyText.read(text));
        return settings;
    }
}
