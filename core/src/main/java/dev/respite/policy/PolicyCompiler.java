package dev.respite.policy;

import dev.respite.policy.ErrorRules.Rule;
import dev.respite.policy.ErrorRules.Ruling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns settings into a policy, once: checks each value, then the whole. */
final class PolicyCompiler {

    private final Settings settings;
    private final RetryPolicyBuilder.CodeParts code;

    private PolicyCompiler(Settings settings, RetryPolicyBuilder.CodeParts code) {
        this.settings = settings;
        this.code = code;
    }

    static RetryPolicy compile(Settings settings, RetryPolicyBuilder.CodeParts code) {
        for (String key : settings.givenKeys()) {
            refuseCustom(key, settings.given(key).orElseThrow());
            PolicyKeys.check(key);
        }
        return new PolicyCompiler(settings.resolvePreset(), code).compile();
    }

    private static void refuseCustom(String key, String value) {
        if (value.equals(PolicyKeys.CUSTOM)) {
            throw InvalidPolicyException.of(
                    key, value, "a part that was written in code has no text form; give it to the builder");
        }
    }

    private RetryPolicy compile() {
        BackoffSettings backoff = backoff();
        ErrorRules rules = new ErrorRules(new ErrorSelector<>(rulings()), new ErrorSelector<>(rules(backoff)));
        return new RetryPolicy(
                limits(backoff),
                code.backoff.orElseGet(() -> new Schedule(backoff)),
                hints(),
                budget(),
                classifier(rules),
                rules);
    }

    private BackoffSettings backoff() {
        Optional<String> own = code.backoff.isEmpty()
                ? Optional.empty()
                : PolicyKeys.BACKOFF_KEYS.stream().filter(settings::isGiven).findFirst();
        if (own.isPresent()) {
            throw InvalidPolicyException.of(
                    own.get(),
                    settings.required(own.get()),
                    "contradicts a backoff written in code, which has its own; leave one of them out");
        }
        BackoffSettings wanted = BackoffReader.read("", settings);
        Optional<Long> total = givenTotalTimeout();
        if (code.backoff.isPresent() || total.isEmpty() || wanted.base() < total.get()) {
            return wanted;
        }
        if (settings.isGiven(PolicyKeys.BASE_DELAY)) {
            throw InvalidPolicyException.of(
                    PolicyKeys.BASE_DELAY,
                    Numbers.formatNanos(wanted.base()),
                    "the first delay can never fit the total-timeout " + Numbers.formatNanos(total.get())
                            + "; make it shorter, or the total timeout longer");
        }
        // A default base delay yields: a quarter leaves room for the default's two retries.
        long base = total.get() / 4;
        long increment = settings.isGiven(PolicyKeys.INCREMENT) ? wanted.increment() : base;
        return wanted.withBase(base, increment);
    }

    private Limits limits(BackoffSettings backoff) {
        Optional<Duration> attemptTimeout =
                settings.value(PolicyKeys.ATTEMPT_TIMEOUT).map(text -> positive(PolicyKeys.ATTEMPT_TIMEOUT, text));
        Optional<Duration> total = totalTimeout(backoff, attemptTimeout);
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
    private Optional<Duration> totalTimeout(BackoffSettings backoff, Optional<Duration> attemptTimeout) {
        String text = settings.required(PolicyKeys.TOTAL_TIMEOUT);
        if (text.equals(PolicyWriter.OFF)) {
            return Optional.empty();
        }
        Duration total = positive(PolicyKeys.TOTAL_TIMEOUT, text);
        if (settings.isGiven(PolicyKeys.TOTAL_TIMEOUT)) {
            return Optional.of(total);
        }
        long needed = code.backoff.isPresent() ? 0 : backoff.base();
        if (settings.isGiven(PolicyKeys.ATTEMPT_TIMEOUT)) {
            needed =
                    Math.max(needed, attemptTimeout.map(Numbers::saturatedNanos).orElse(0L));
        }
        boolean holds = needed < Numbers.saturatedNanos(total);
        return Optional.of(holds ? total : Duration.ofNanos(Numbers.saturatedAdd(needed, needed)));
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

    private BudgetSpec budget() {
        return BudgetSpec.parse(settings.required(PolicyKeys.BUDGET));
    }

    private Classifier classifier(ErrorRules rules) {
        if (code.classifier.isEmpty()) {
            return new StandardClassifier(rules, code.results);
        }
        if (settings.isGiven(PolicyKeys.RETRY_ON) || settings.isGiven(PolicyKeys.STOP_ON) || !code.results.isEmpty()) {
            throw new InvalidPolicyException("a classifier written in code decides alone what is retried:"
                    + " retry-on, stop-on and retryOnResult contradict it; put them into the classifier");
        }
        return code.classifier.get();
    }

    private Map<String, Ruling> rulings() {
        Map<String, Ruling> rulings = new LinkedHashMap<>();
        // Inherited words first, so that given ones replace them; then given against given.
        for (boolean given : new boolean[] {false, true}) {
            Map<String, Ruling> layer = new LinkedHashMap<>();
            addRulings(layer, PolicyKeys.RETRY_ON, given, Ruling.RETRY);
            addRulings(layer, PolicyKeys.STOP_ON, given, Ruling.STOP);
            rulings.putAll(layer);
        }
        return rulings;
    }

    private void addRulings(Map<String, Ruling> rulings, String key, boolean given, Ruling ruling) {
        boolean replaced = !given && settings.isGiven(key);
        Optional<String> errors = given ? settings.given(key) : settings.inherited(key);
        if (errors.isEmpty() || replaced) {
            return;
        }
        for (String error : errors.get().split(",", -1)) {
            ErrorSelector.check(key, error);
            if (rulings.put(error, ruling) == (ruling == Ruling.RETRY ? Ruling.STOP : Ruling.RETRY)) {
                throw InvalidPolicyException.of(
                        key, error, "is named by retry-on and by stop-on; leave one of them out");
            }
        }
    }

    private Map<String, Rule> rules(BackoffSettings general) {
        Map<String, String> inherited = new LinkedHashMap<>();
        PolicyWriter.backoff("", general, inherited);
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (String error : settings.ruledErrors()) {
            String prefix = PolicyKeys.RULE + error + ".";
            Settings rule = settings.rule(error, inherited);
            boolean ownBackoff = PolicyKeys.BACKOFF_KEYS.stream().anyMatch(key -> settings.ruleSays(error, key));
            rules.put(
                    error,
                    new Rule(
                            attempts(prefix, rule),
                            ownBackoff
                                    ? Optional.of(new Schedule(BackoffReader.read(prefix, rule)))
                                    : Optional.empty()));
        }
        return rules;
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
