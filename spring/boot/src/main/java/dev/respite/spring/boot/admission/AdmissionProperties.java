package dev.respite.spring.boot.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The properties below {@code respite.admission}. The record loads without the module of admission: all applications with Respite
 * have it.
 *
 * @param enabled whether the server refuses retries before first attempts while it is congested. It needs respite-admission
 * @param clientTimeout the timeout of one attempt of the clients, from 10ms to 10m. The queue limit is a tenth of it. Not
 *     together with queue-limit
 * @param queueLimit the longest time that a retry may have waited for a thread, from 1ms to 1m; by default 100ms
 * @param inProgressLimit the requests in progress up to which a retry is admitted, from 1 to 1000000; by default no limit.
 *     Virtual threads need it
 */
@ConfigurationProperties(value = AdmissionProperties.PREFIX, ignoreUnknownFields = false)
record AdmissionProperties(
        boolean enabled,
        @Nullable Duration clientTimeout,
        @Nullable Duration queueLimit,
        @Nullable Integer inProgressLimit) {

    static final String PREFIX = "respite.admission";
    static final String ENABLED = PREFIX + ".enabled";
    static final String CLIENT_TIMEOUT = PREFIX + ".client-timeout";
    static final String QUEUE_LIMIT = PREFIX + ".queue-limit";
    static final String IN_PROGRESS_LIMIT = PREFIX + ".in-progress-limit";
}
