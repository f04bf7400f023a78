package dev.respite.policy;

import dev.respite.policy.ErrorRules.Rule;
import dev.respite.policy.ErrorRules.Ruling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/** Turns settings into a policy, once: checks each value, then the whole. */
final class PolicyCompiler {

    private final Settings settings;
    private final CodeParts code;
    private final CodeParts inheritedCode;

    private PolicyCompiler(Settings settings, CodeParts code, CodeParts inheritedCode) {
        this.settings = settings;
        this.code = code;
        this.inheritedCode = inheritedCode;
    }

    static RetryPolicy compile(Settings settings, CodeParts code, CodeParts inheritedCode) {
        for (String key : settings.givenKeys()) {
            refuseCustom(key, settings.given(key).orElseThrow());
            PolicyKeys.check(key);
        }
        boolean preset = settings.isGiven(PolicyKeys.PRESET);
        return new PolicyCompiler(settings.resolvePreset(), code, preset ? new CodeParts() : inheritedCode).compile();
    }

    private static void refuseCustom(String key, String value) {
        if (value.equals(PolicyKeys.CUSTOM)) {
            throw InvalidPolicyException.of(
                    key, value, "a part that was written in code has no text form; give it to the builder");
        }
    }

    private RetryPolicy compile() {
        Optional<Backoff> custom = customBackoff();
        BackoffSettings named = BackoffReader.read("", settings);
        BackoffSettings backoff = custom.isPresent() ? named : withinTotalTimeout(named);
        ErrorRules rules = new ErrorRules(new ErrorSelector<>(rulings()), new ErrorSelector<>(rules(backoff)));
        return new RetryPolicy(
                limits(custom.isPresent() ? 0 : backoff.base()),
                custom.orElseGet(() -> new Schedule(backoff)),
                hints(),
                BudgetSpec.parse(settings.required(PolicyKeys.BUDGET)),
                classifier(rules),
                rules);
    }

    /** A backoff written in code: a given one, or an inherited one that no given value replaces. */
    private Optional<Backoff> customBackoff() {
        Optional<String> named =
                PolicyKeys.BACKOFF_KEYS.stream().filter(settings::isGiven).findFirst();
        if (code.backoff.isPresent() && named.isPresent()) {
            throw InvalidPolicyException.of(
                    named.get(),
                    settings.required(named.get()),
                    "contradicts a backoff written in code, which has its own; leave one of them out");
        }
        return named.isPresent() ? Optional.empty() : code.backoff.or(() -> inheritedCode.backoff);
    }

    /** The backoff, whose first delay must be able to fit a given total timeout. */
    private BackoffSettings withinTotalTimeout(BackoffSettings wanted) {
        Optional<Long> total = givenTotalTimeout();
        if (total.isEmpty() || wanted.base() < total.get()) {
            return wanted;
        }
        if (settings.isGiven(PolicyKeys.BASE_DELAY)) {
            throw doesNotFit(PolicyKeys.BASE_DELAY, wanted.base(), total.get());
        }
        // A base delay that was not given yields: a quarter leaves room for the default's two retries.
        long base = total.get() / 4;
        long increment = settings.isGiven(PolicyKeys.INCREMENT) ? wanted.increment() : base;
        return wanted.withBase(base, increment);
    }

    private static InvalidPolicyException doesNotFit(String key, long delay, long total) {
        return InvalidPolicyException.of(
                key,
                Numbers.formatNanos(delay),
                "the first delay, before jitter, does not fit the total-timeout " + Numbers.formatNanos(total)
                        + "; make it shorter, or the total timeout longer");
    }

    private Limits limits(long firstDelay) {
        Optional<Duration> attemptTimeout =
                settings.value(PolicyKeys.ATTEMPT_TIMEOUT).map(text -> positive(PolicyKeys.ATTEMPT_TIMEOUT, text));
        Optional<Duration> total = totalTimeout(firstDelay, attemptTimeout);
        if (total.isPresent()
                && attemptTimeout.isPresent()
                && attemptTimeout.get().compareTo(total.get()) > 0) {
            if (settings.isGiven(PolicyKeys.ATTEMPT_TIMEOUT)) {
                throw InvalidPolicyException.of(
                        PolicyKeys.ATTEMPT_TIMEOUT,
                        Numbers.format(attemptTimeout.get()),
                        "is longer than the total-timeout " + Numbers.format(total.get())
                                + "; make it shorter, or the total timeout longer");
            }
            attemptTimeout = total;
        }
        Optional<String> reason = unboundedReason();
        int attempts =
                reason.isPresent() ? Integer.MAX_VALUE : attempts("", settings).orElseThrow();
        return new Limits(attempts, total, attemptTimeout, reason);
    }

    /** The total timeout; one that was not given rises to twice the given value that it could not hold. */
    private Optional<Duration> totalTimeout(long firstDelay, Optional<Duration> attemptTimeout) {
        String text = settings.required(PolicyKeys.TOTAL_TIMEOUT);
        if (text.equals(PolicyWriter.OFF)) {
            return Optional.empty();
        }
        Duration total = positive(PolicyKeys.TOTAL_TIMEOUT, text);
        if (settings.isGiven(PolicyKeys.TOTAL_TIMEOUT)) {
            return Optional.of(total);
        }
        long needed = firstDelay;
        if (settings.isGiven(PolicyKeys.ATTEMPT_TIMEOUT)) {
            needed =
                    Math.max(needed, attemptTimeout.map(Numbers::saturatedNanos).orElse(0L));
        }
        boolean holds = needed < Numbers.saturatedNanos(total);
        return Optional.of(holds ? total : Duration.ofNanos(Math.min(2 * needed, Numbers.LONGEST_NANOS)));
    }

    private Optional<Long> givenTotalTimeout() {
        return settings.given(PolicyKeys.TOTAL_TIMEOUT)
                .filter(text -> !text.equals(PolicyWriter.OFF))
                .map(text -> Numbers.saturatedNanos(positive(PolicyKeys.TOTAL_TIMEOUT, text)));
    }

    private Optional<String> unboundedReason() {
        for (String key : new String[] {PolicyKeys.MAX_ATTEMPTS, PolicyKeys.MAX_RETRIES}) {
            if (settings.isGiven(key)) {
                if (settings.isGiven(PolicyKeys.UNBOUNDED)) {
                    throw contradiction(key, PolicyKeys.UNBOUNDED);
                }
                return Optional.empty();
            }
        }
        Optional<String> reason = settings.value(PolicyKeys.UNBOUNDED);
        if (reason.isPresent() && reason.get().isBlank()) {
            throw new InvalidPolicyException(
                    "unbounded: write the reason why this policy needs no limit of attempts, or give max-attempts");
        }
        return reason;
    }

    private static OptionalInt attempts(String prefix, Settings of) {
        if (of.isGiven(PolicyKeys.MAX_ATTEMPTS) && of.isGiven(PolicyKeys.MAX_RETRIES)) {
            throw contradiction(prefix + PolicyKeys.MAX_ATTEMPTS, prefix + PolicyKeys.MAX_RETRIES);
        }
        Optional<String> retries = of.given(PolicyKeys.MAX_RETRIES);
        if (retries.isPresent()) {
            return OptionalInt.of(Numbers.whole(prefix + PolicyKeys.MAX_RETRIES, retries.get(), 0) + 1);
        }
        Optional<String> attempts = of.value(PolicyKeys.MAX_ATTEMPTS);
        return attempts.isPresent()
                ? OptionalInt.of(Numbers.whole(prefix + PolicyKeys.MAX_ATTEMPTS, attempts.get(), 1))
                : OptionalInt.empty();
    }

    private Hints hints() {
        Hints.Mode mode =
                Words.read(PolicyKeys.RETRY_AFTER, settings.required(PolicyKeys.RETRY_AFTER), Hints.Mode.values());
        String limit = settings.required(PolicyKeys.RETRY_AFTER_LIMIT);
        if (mode == Hints.Mode.IGNORE
                && settings.isGiven(PolicyKeys.RETRY_AFTER_LIMIT)
                && settings.isGiven(PolicyKeys.RETRY_AFTER)) {
            throw InvalidPolicyException.of(
                    PolicyKeys.RETRY_AFTER_LIMIT, limit, "contradicts retry-after=ignore; leave one of them out");
        }
        return new Hints(mode, Duration.ofNanos(Numbers.nanos(PolicyKeys.RETRY_AFTER_LIMIT, limit)));
    }

    private Classifier classifier(ErrorRules rules) {
        boolean named = settings.isGiven(PolicyKeys.RETRY_ON)
                || settings.isGiven(PolicyKeys.STOP_ON)
                || !code.results.isEmpty();
        if (code.classifier.isPresent() && named) {
            throw new InvalidPolicyException("a classifier written in code decides alone what is retried:"
                    + " retry-on, stop-on and retryOnResult contradict it; put them into the classifier");
        }
        Optional<Classifier> custom = named ? Optional.empty() : code.classifier.or(() -> inheritedCode.classifier);
        return custom.orElseGet(() -> new StandardClassifier(
                rules,
                Stream.concat(inheritedCode.results.stream(), code.results.stream())
                        .toList()));
    }

    /** Given words are added to inherited ones, and go before them. */
    private Map<String, Ruling> rulings() {
        Map<String, Ruling> rulings = new LinkedHashMap<>(rulings(settings::inherited));
        rulings.putAll(rulings(settings::given));
        return rulings;
    }

    private static Map<String, Ruling> rulings(Function<String, Optional<String>> layer) {
        Map<String, Ruling> rulings = new LinkedHashMap<>();
        for (String error : errors(PolicyKeys.RETRY_ON, layer)) {
            rulings.put(error, Ruling.RETRY);
        }
        for (String error : errors(PolicyKeys.STOP_ON, layer)) {
            if (rulings.put(error, Ruling.STOP) == Ruling.RETRY) {
                throw InvalidPolicyException.of(
                        PolicyKeys.STOP_ON, error, "is named by retry-on too; leave one of them out");
            }
        }
        return rulings;
    }

    private static List<String> errors(String key, Function<String, Optional<String>> layer) {
        Optional<String> errors = layer.apply(key);
        return errors.isEmpty()
                ? List.of()
                : Stream.of(errors.get().split(",", -1))
                        .map(error -> ErrorSelector.check(key, error.strip()))
                        .toList();
    }

    private Map<String, Rule> rules(BackoffSettings general) {
        Map<String, String> inherited = new LinkedHashMap<>(Presets.DEFAULTS);
        inherited.remove(PolicyKeys.MAX_ATTEMPTS);
        PolicyWriter.backoff("", general, inherited);
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (String error : settings.ruledErrors()) {
            rules.put(error, rule(error, settings.rule(error, inherited)));
        }
        return rules;
    }

    private Rule rule(String error, Settings rule) {
        String prefix = PolicyKeys.RULE + error + ".";
        boolean ownBackoff = PolicyKeys.BACKOFF_KEYS.stream().anyMatch(key -> settings.ruleSays(error, key));
        if (!ownBackoff) {
            return new Rule(attempts(prefix, rule), Optional.empty());
        }
        BackoffSettings backoff = BackoffReader.read(prefix, rule);
        Optional<Long> total = givenTotalTimeout();
        if (rule.isGiven(PolicyKeys.BASE_DELAY) && total.isPresent() && backoff.base() >= total.get()) {
            throw doesNotFit(prefix + PolicyKeys.BASE_DELAY, backoff.base(), total.get());
        }
        return new Rule(attempts(prefix, rule), Optional.of(new Schedule(backoff)));
    }

    private static Duration positive(String key, String text) {
        long nanos = Numbers.nanos(key, text);
        if (nanos == 0) {
            throw InvalidPolicyException.of(key, text, "a timeout must be above zero; to have none, leave it out");
        }
        return Duration.ofNanos(nanos);
    }

    private static InvalidPolicyException contradiction(String key, String other) {
        return new InvalidPolicyException(
                "'" + key + "' and '" + other + "' contradict each other; leave one of them out");
    }
}
