package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** What a server writes is what a client reads. */
@Tag("cases")
class ServerHintFieldsTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    private static ServerHint read(int status, Map<String, String> fields) {
        Map<String, String> caseless = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        caseless.putAll(fields);
        return HintReader.read(
                status, name -> caseless.containsKey(name) ? List.of(caseless.get(name)) : List.of(), WALL_TIME);
    }

    @Property
    void fields_ofAnyWait_areReadAsTheSameHint(
            @ForAll @LongRange(min = 0) long nanos,
            @ForAll boolean requested,
            @ForAll @IntRange(min = 400, max = 599) int status) {
        ServerHint hint = new MayRetry(requested, Optional.of(Duration.ofNanos(nanos)));
        assertThat(read(status, hint.fields())).isEqualTo(hint);
    }

    /** Those who know nothing but RFC 9110 come back a little later, never earlier. */
    @Property
    void fields_retryAfter_isTheWaitRoundedUpToSeconds(@ForAll @LongRange(min = 0) long nanos) {
        Map<String, String> fields = ServerHint.after(Duration.ofNanos(nanos)).fields();
        BigDecimal seconds = new BigDecimal(fields.get("Retry-After"));
        BigDecimal later = seconds.subtract(BigDecimal.valueOf(nanos, 9));
        assertThat(later).isBetween(BigDecimal.ZERO, new BigDecimal("0.999999999"));
    }

    @Property
    void fields_ofMillis_haveNoPoint(@ForAll @LongRange(min = 0, max = 9_000_000_000_000L) long millis) {
        Map<String, String> fields = ServerHint.after(Duration.ofMillis(millis)).fields();
        String written = fields.getOrDefault("retry-after-ms", fields.get("Retry-After") + "000");
        assertThat(Long.parseLong(written)).isEqualTo(millis);
    }

    @Test
    void fields_examples_areAsDocumented() {
        assertThat(ServerHint.doNotRetry().fields()).containsExactly(entry("x-should-retry", "false"));
        assertThat(ServerHint.NONE.fields()).isEmpty();
        assertThat(ServerHint.after(Duration.ZERO).fields()).containsExactly(entry("Retry-After", "0"));
        assertThat(ServerHint.after(Duration.ofSeconds(30)).fields()).containsExactly(entry("Retry-After", "30"));
        assertThat(ServerHint.after(Duration.ofMillis(1_500)).fields())
                .containsExactly(entry("Retry-After", "2"), entry("retry-after-ms", "1500"));
        assertThat(ServerHint.after(Duration.ofNanos(1_500_100)).fields())
                .containsExactly(entry("Retry-After", "1"), entry("retry-after-ms", "1.5001"));
        assertThat(new MayRetry(true, Optional.empty()).fields()).containsExactly(entry("x-should-retry", "true"));
    }

    @Test
    void fields_doNotRetry_isReadAsThat() {
        assertThat(read(503, ServerHint.doNotRetry().fields())).isEqualTo(ServerHint.doNotRetry());
        assertThat(read(503, ServerHint.NONE.fields())).isEqualTo(ServerHint.NONE);
    }

    @Test
    void fields_waitOfMoreThanALongOfNanoseconds_isTheLongest() {
        for (Duration wait :
                List.of(MAX_DURATION, MAX_DURATION.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
            assertThat(read(503, ServerHint.after(wait).fields())).isEqualTo(ServerHint.after(MAX_DURATION));
        }
    }
}
