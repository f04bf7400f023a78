package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.util.Optional;

/** Reads a named backoff from the settings of a policy, or of a rule for one kind of error. */
final class BackoffReader {

    /** The value that is accepted for a backoff without a delay to spread. */
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
        long base = duration(PolicyKeys.BASE_DELAY);
        long cap = duration(PolicyKeys.MAX_DELAY);
        boolean baseGiven = settings.isGiven(PolicyKeys.BASE_DELAY);
        boolean capGiven = settings.isGiven(PolicyKeys.MAX_DELAY);
        if (base > cap && baseGiven && capGiven) {
            throw InvalidPolicyException.of(
                    prefix + PolicyKeys.BASE_DELAY,
                    ValueFormat.formatNanos(base),
                    "is longer than max-delay " + ValueFormat.formatNanos(cap)
                            + "; make it shorter, or max-delay longer");
        }
        if (base > cap && capGiven) {
            base = cap;
        } else if (base > cap) {
            cap = base;
        }
        if (base == 0 && kind == BackoffKind.DECORRELATED) {
            throw InvalidPolicyException.of(
                    prefix + PolicyKeys.BASE_DELAY,
                    ValueFormat.formatNanos(base),
                    "decorrelated grows from its base delay; make it longer, or use backoff=immediate");
        }
        return new BackoffSettings(kind, base, multiplier(kind), increment(kind, base), cap, jitter(kind));
    }

    /** The kind; one that was not given yields to a given value that it has no use for. */
    private BackoffKind kind() {
        Optional<String> given = settings.given(PolicyKeys.BACKOFF);
        BackoffKind kind = EnumNames.read(
                prefix + PolicyKeys.BACKOFF, settings.required(PolicyKeys.BACKOFF), BackoffKind.values());
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
        String text = settings.required(PolicyKeys.MULTIPLIER);
        double multiplier = Numbers.decimal(key, text);
        if (multiplier < 1 || multiplier > 1_000) {
            throw InvalidPolicyException.of(
                    key, text, "the multiplier must be from 1 (delays must not shrink) to 1000");
        }
        return multiplier;
    }

    private long increment(BackoffKind kind, long base) {
        if (kind != BackoffKind.LINEAR) {
            return 0;
        }
        return settings.value(PolicyKeys.INCREMENT).isPresent() ? duration(PolicyKeys.INCREMENT) : base;
    }

    private Jitter jitter(BackoffKind kind) {
        return kind.takesJitter()
                ? Jitter.parse(prefix + PolicyKeys.JITTER, settings.required(PolicyKeys.JITTER))
                : Jitter.none();
    }

    private long duration(String key) {
        return Numbers.nanos(prefix + key, settings.required(key));
    }
}
