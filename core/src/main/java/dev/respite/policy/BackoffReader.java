package dev.respite.policy;

import java.util.Optional;

/** Reads a named backoff from settings: those of a policy, or those of a rule for one kind of error. */
final class BackoffReader {

    /** What a value is where neither was it given, nor has the inherited kind of backoff one. */
    private static final BackoffSettings SPARE =
            new BackoffSettings(BackoffKind.EXPONENTIAL, 100_000_000L, 2, 100_000_000L, 20_000_000_000L, Jitter.full());

    /** Said of a backoff that has no delay to spread, this is true and harmless. */
    private static final String NO_JITTER = Jitter.none().toString();

    private final String prefix;
    private final Settings settings;

    private BackoffReader(String prefix, Settings settings) {
        this.prefix = prefix;
        this.settings = settings;
    }

    static BackoffSettings read(String prefix, Settings settings) {
        return new BackoffReader(prefix, settings).read();
    }

    private BackoffSettings read() {
        BackoffKind kind = kind();
        refuseWhatDoesNotApply(kind);
        if (kind == BackoffKind.IMMEDIATE) {
            return new BackoffSettings(kind, 0, 1, 0, 0, Jitter.none());
        }
        long base = duration(PolicyKeys.BASE_DELAY, SPARE.base());
        long cap = duration(PolicyKeys.MAX_DELAY, SPARE.cap());
        boolean baseGiven = settings.isGiven(PolicyKeys.BASE_DELAY);
        boolean capGiven = settings.isGiven(PolicyKeys.MAX_DELAY);
        if (base > cap && baseGiven && capGiven) {
            throw InvalidPolicyException.of(
                    prefix + PolicyKeys.BASE_DELAY,
                    Numbers.formatNanos(base),
                    "is longer than max-delay " + Numbers.formatNanos(cap) + "; make it shorter, or max-delay longer");
        }
        if (base > cap && capGiven) {
            base = cap;
        } else if (base > cap) {
            cap = base;
        }
        return new BackoffSettings(kind, base, multiplier(kind), increment(kind, base), cap, jitter(kind));
    }

    /** The kind; one that was not given yields to a given value that it has no use for. */
    private BackoffKind kind() {
        Optional<String> given = settings.given(PolicyKeys.BACKOFF);
        BackoffKind kind =
                Words.read(prefix + PolicyKeys.BACKOFF, settings.required(PolicyKeys.BACKOFF), BackoffKind.values());
        if (given.isPresent()
                || PolicyKeys.BACKOFF_KEYS.stream().allMatch(key -> !settings.isGiven(key) || takes(kind, key))) {
            return kind;
        }
        return settings.isGiven(PolicyKeys.INCREMENT) ? BackoffKind.LINEAR : BackoffKind.EXPONENTIAL;
    }

    private void refuseWhatDoesNotApply(BackoffKind kind) {
        for (String key : PolicyKeys.BACKOFF_KEYS) {
            Optional<String> value = settings.given(key);
            boolean says = value.isPresent()
                    && !(kind == BackoffKind.IMMEDIATE && value.get().equals(NO_JITTER));
            if (says && !takes(kind, key)) {
                throw InvalidPolicyException.of(
                        prefix + key, value.get(), "has no meaning with backoff=" + kind + "; leave one of them out");
            }
        }
    }

    private boolean takes(BackoffKind kind, String key) {
        return switch (key) {
            case PolicyKeys.BASE_DELAY, PolicyKeys.MAX_DELAY -> kind != BackoffKind.IMMEDIATE;
            case PolicyKeys.MULTIPLIER -> kind == BackoffKind.EXPONENTIAL;
            case PolicyKeys.INCREMENT -> kind == BackoffKind.LINEAR;
            case PolicyKeys.JITTER -> kind.takesJitter();
            default -> true;
        };
    }

    private double multiplier(BackoffKind kind) {
        if (kind != BackoffKind.EXPONENTIAL) {
            return 1;
        }
        String key = prefix + PolicyKeys.MULTIPLIER;
        String text = settings.value(PolicyKeys.MULTIPLIER).orElseGet(() -> Numbers.format(SPARE.multiplier()));
        double multiplier = Numbers.decimal(key, text);
        if (multiplier < 1) {
            throw InvalidPolicyException.of(key, text, "delays must not shrink; the multiplier is at least 1");
        }
        return multiplier;
    }

    private long increment(BackoffKind kind, long base) {
        return kind == BackoffKind.LINEAR ? duration(PolicyKeys.INCREMENT, base) : 0;
    }

    private Jitter jitter(BackoffKind kind) {
        if (!kind.takesJitter()) {
            return Jitter.none();
        }
        return settings.value(PolicyKeys.JITTER)
                .map(text -> Jitter.parse(prefix + PolicyKeys.JITTER, text))
                .orElse(SPARE.jitter());
    }

    private long duration(String key, long spare) {
        return settings.value(key)
                .map(text -> Numbers.nanos(prefix + key, text))
                .orElse(spare);
    }
}
