package dev.respite.policy;

import dev.respite.outcome.Classifier;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns settings into a policy, once: checks each value, then the whole. */
final class PolicyCompiler {

    private final Settings settings;
    private final CustomParts code;
    private final CustomParts inheritedCode;

    private PolicyCompiler(Settings settings, CustomParts code, CustomParts inheritedCode) {
        this.settings = settings;
        this.code = code;
        this.inheritedCode = inheritedCode;
    }

    static RetryPolicy compile(Settings settings, CustomParts code, CustomParts inheritedCode) {
        PolicyText.checkLength(settings.givenLength());
        for (String key : settings.givenKeys()) {
            refuseCustom(key, settings.given(key).orElseThrow());
            PolicyKeys.check(key);
        }
        boolean preset = settings.isGiven(PolicyKeys.PRESET);
        RetryPolicy policy = new PolicyCompiler(
                        settings.resolvePreset(), code, preset ? new CustomParts() : inheritedCode)
                .compile();
        // The text form has every value of a rule, and must be readable too.
        PolicyText.checkLength(policy.toString().length());
        return policy;
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
        ErrorRules rules = RulesReader.read(settings, backoff, both(inheritedCode.failures, code.failures));
        long firstDelay = Math.max(custom.isPresent() ? 0 : backoff.base(), rules.longestFirstDelay());
        return new RetryPolicy(
                        LimitsReader.read(settings, firstDelay),
                        custom.orElseGet(() -> new BackoffFormula(backoff)),
                        hints(),
                        budget(),
                        classifier(rules),
                        rules)
                .acknowledging(Acknowledgements.read(settings));
    }

    /** The budget; a number of clients that was not given for this one yields to it. */
    private BudgetSpec budget() {
        String text = settings.required(PolicyKeys.BUDGET);
        BudgetSpec budget = BudgetSpec.parse(text);
        Optional<String> clients = settings.value(PolicyKeys.CLIENTS);
        if (clients.isEmpty()) {
            return budget;
        }
        int number = BudgetText.clients(PolicyKeys.CLIENTS, clients.get());
        if (budget.equals(BudgetSpec.off()) && settings.isGiven(PolicyKeys.BUDGET)) {
            // Also the switch for an emergency, which should need no other change. It has a warning of its own.
            return budget;
        }
        boolean given = settings.isGiven(PolicyKeys.CLIENTS);
        if (budget instanceof FleetSpec fleet) {
            boolean twice = given
                    && settings.isGiven(PolicyKeys.BUDGET)
                    && fleet.clients().isPresent();
            if (twice) {
                throw InvalidPolicyException.of(
                        PolicyKeys.CLIENTS,
                        clients.get(),
                        "contradicts budget=" + ValueFormat.shortened(text) + "; leave one of them out");
            }
            return fleet.clients().isPresent() && !given ? fleet : fleet.withClients(number);
        }
        if (given) {
            throw InvalidPolicyException.of(
                    PolicyKeys.CLIENTS,
                    clients.get(),
                    "has no effect with budget=" + ValueFormat.shortened(text)
                            + ", which does not depend on the number of clients; leave it out, or"
                            + " use budget=fleet");
        }
        return budget;
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
        Optional<Long> total = LimitsReader.givenTotalTimeout(settings);
        boolean fits = total.isEmpty() || wanted.base() < total.get();
        return fits ? wanted : LimitsReader.within(total.get(), "", wanted, settings);
    }

    private Hints hints() {
        Hints.Mode mode =
                EnumNames.read(PolicyKeys.RETRY_AFTER, settings.required(PolicyKeys.RETRY_AFTER), Hints.Mode.values());
        boolean limited = settings.isGiven(PolicyKeys.RETRY_AFTER_LIMIT);
        if (mode != Hints.Mode.IGNORE) {
            return hints(mode, settings.required(PolicyKeys.RETRY_AFTER_LIMIT));
        }
        if (!limited) {
            return hints(mode, Presets.DEFAULTS.getOrDefault(PolicyKeys.RETRY_AFTER_LIMIT, ""));
        }
        String limit = settings.required(PolicyKeys.RETRY_AFTER_LIMIT);
        if (settings.isGiven(PolicyKeys.RETRY_AFTER)) {
            throw InvalidPolicyException.of(
                    PolicyKeys.RETRY_AFTER_LIMIT, limit, "contradicts retry-after=ignore; leave one of them out");
        }
        return hints(Hints.Mode.HONOUR, limit);
    }

    private static Hints hints(Hints.Mode mode, String limit) {
        return new Hints(mode, Duration.ofNanos(Numbers.nanos(PolicyKeys.RETRY_AFTER_LIMIT, limit)));
    }

    private Classifier classifier(ErrorRules rules) {
        boolean named = settings.isGiven(PolicyKeys.RETRY_ON)
                || settings.isGiven(PolicyKeys.STOP_ON)
                || !code.results.isEmpty()
                || !code.failures.isEmpty();
        if (code.classifier.isPresent() && code.around.isPresent()) {
            throw new InvalidPolicyException("a classifier written in code decides alone what is retried:"
                    + " wrapClassifier contradicts it; leave one of them out");
        }
        if (code.classifier.isPresent() && named) {
            throw new InvalidPolicyException("a classifier written in code decides alone what is retried:"
                    + " retry-on, stop-on, retryOnException and retryOnResult contradict it; put them into the classifier,"
                    + " or use wrapClassifier");
        }
        Optional<Classifier> custom = code.classifier.or(() -> inheritedCode.classifier);
        if ((named || code.around.isPresent()) && custom.isPresent()) {
            throw new InvalidPolicyException(
                    "this policy is made from one whose classifier, written in code, decides alone"
                            + " what is retried: retry-on, stop-on, retryOnException, retryOnResult and wrapClassifier"
                            + " contradict it; put them into the classifier, or begin with a new builder");
        }
        return custom.orElseGet(() -> {
            Classifier standard = new StandardClassifier(rules, both(inheritedCode.results, code.results));
            return code.around
                    .map(wrapper ->
                            Objects.requireNonNull(wrapper.apply(standard), "wrapClassifier returned no classifier"))
                    .orElse(standard);
        });
    }

    private static <E> List<E> both(List<E> inherited, List<E> given) {
        return Stream.concat(inherited.stream(), given.stream()).toList();
    }
}
