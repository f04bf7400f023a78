package dev.respite.spring.boot.admission;

import dev.respite.admission.RetryAdmission;
import dev.respite.spring.boot.setup.SetupException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rule of admission that the properties describe. */
final class AdmissionRule {

    private AdmissionRule() {}

    /** Returns the rule, or throws a {@link SetupException} that names the property which is not valid. */
    static RetryAdmission of(AdmissionProperties properties) {
        Duration timeout = properties.clientTimeout();
        Duration limit = properties.queueLimit();
        if (timeout != null && limit != null) {
            throw SetupException.ofProperty(
                    AdmissionProperties.QUEUE_LIMIT,
                    limit + ", and " + AdmissionProperties.CLIENT_TIMEOUT + " is " + timeout
                            + ": only one of the two determines the queue limit; remove the other");
        }
        RetryAdmission rule = RetryAdmission.defaults();
        rule = with(AdmissionProperties.CLIENT_TIMEOUT, timeout, RetryAdmission::ofTimeout, rule);
        rule = with(AdmissionProperties.QUEUE_LIMIT, limit, rule::withQueueLimit, rule);
        return with(
                AdmissionProperties.IN_PROGRESS_LIMIT, properties.inProgressLimit(), rule::withInProgressLimit, rule);
    }

    private static <T> RetryAdmission with(
            String property, @Nullable T value, Function<T, RetryAdmission> change, RetryAdmission otherwise) {
        try {
            return value == null ? otherwise : change.apply(value);
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(property, invalid);
        }
    }
}
