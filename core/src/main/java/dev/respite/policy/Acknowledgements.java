package dev.respite.policy;

import dev.respite.text.Spelling;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the codes of the warnings that the author of a policy has acknowledged. */
final class Acknowledgements {

    /** The codes of all warnings that a policy may get, from {@link Lint}, {@link GivingUp} and {@code Retry.of}. */
    static final List<String> CODES = List.of(
            "attempt-timeouts-exceed-total",
            "budget-per-client",
            "gives-up-early",
            "gives-up-never",
            "hints-capped",
            "hints-ignored",
            "long-delay",
            "many-attempts",
            "no-budget",
            "no-delay",
            "no-jitter",
            "no-retries",
            "no-total-timeout",
            "retries-by-rule-only",
            "retries-everything",
            "retries-permanent-error",
            "retry-on-without-effect",
            "rule-without-effect",
            "schedule-does-not-fit",
            "short-delay",
            "unbounded-attempts",
            "unknown-class",
            "unknown-error-name");

    private Acknowledgements() {}

    /** Given codes are added to inherited ones. */
    static Set<String> read(Settings settings) {
        Set<String> codes = new HashSet<>();
        add(settings.inherited(PolicyKeys.ACKNOWLEDGE), codes);
        add(settings.given(PolicyKeys.ACKNOWLEDGE), codes);
        return Set.copyOf(codes);
    }

    private static void add(Optional<String> text, Set<String> codes) {
        for (String code : text.map(list -> list.split(",", -1)).orElse(new String[0])) {
            codes.add(InvalidPolicyException.ofWhole(
                    PolicyKeys.ACKNOWLEDGE, text.orElse(code), () -> check(code.strip())));
        }
    }

    private static String check(String code) {
        if (!CODES.contains(code)) {
            throw InvalidPolicyException.of(
                    PolicyKeys.ACKNOWLEDGE,
                    code,
                    "is the code of no warning, such as no-jitter" + Spelling.suggestion(code, CODES));
        }
        return code;
    }
}
