package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy refuses, and that its message names the value, the rule and the way out. */
class RetryPolicyRefusalTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // misspelt keys: the nearest one is named
                "max-atempts=3 | max-atempts | did you mean 'max-attempts'?",
                "max_attempts=3 | max_attempts | did you mean 'max-attempts'?",
                "maxAttempts=3 | maxAttempts | did you mean 'max-attempts'?",
                "jiter=full | jiter | did you mean 'jitter'?",
                "base-dealy=1s | base-dealy | did you mean 'base-delay'?",
                "zzzzzzzzzzzzzz=1 | zzzzzzzzzzzzzz | use one of preset, max-attempts",
                "on.503.max-atempts=3 | max-atempts | did you mean 'max-attempts'?",
                "on.503.budget=off | budget | use one of max-attempts",
                "on.503=3 | on.503 | on.<error>.<key>",
                "on.=3 | on. | on.<error>.<key>",
                "on.600.max-attempts=3 | 600 | names no error",
                // misspelt words
                "backoff=exponentail | exponentail | did you mean 'exponential'?",
                "backoff=expo | expo | did you mean 'exponential'?",
                "jitter=ful | ful | did you mean 'full'?",
                "jitter=half | half | use one of none, full",
                // no suggestion that means the opposite
                "jitter=on | on | use one of none, full",
                "bounded=5 | bounded | use one of preset, max-attempts",
                "retry-after=honor | honor | did you mean 'honour'?",
                "preset=cuorse | cuorse | did you mean 'course'?",
                "budget=aws-3 | aws-3 | use one of the forms fleet, 10%",
                "budget=grpc:10 | grpc:10 | unknown budget",
                // numbers
                "max-attempts=0 | max-attempts=0 | from 1 to",
                "max-attempts=-1 | max-attempts=-1 | whole number from 1 to 1000000000, such as 3",
                "max-attempts=3.5 | max-attempts=3.5 | whole number",
                "max-attempts=٣ | max-attempts=٣ | whole number",
                "max-attempts=99999999999 | 99999999999 | from 1 to",
                "max-retries=-1 | max-retries=-1 | whole number",
                "multiplier=0.9 | multiplier=0.9 | must not shrink",
                "multiplier=1001 | multiplier=1001 | 1000",
                "multiplier=1e3 | multiplier=1e3 | decimal number",
                "multiplier=+2 | multiplier=+2 | decimal number",
                "jitter=proportional:0 | proportional:0 | above 0 and at most 1",
                "jitter=proportional:1.5 | proportional:1.5 | above 0 and at most 1",
                "jitter=proportional:x | x | decimal number",
                "budget=0% | 0% | for no budget write off",
                "budget=101% | 101% | at most 100%",
                "budget=success:0.5/0/1 | burst | 1 to 1000000",
                "budget=success:0.5/20/21 | overload cost | 1 to 20",
                "budget=grpc:1001/0.1 | max tokens | 1 to 1000",
                "clients=0 | clients=0 | whole number from 1 to 10000000",
                "clients=10000001 | clients=10000001 | whole number from 1 to 10000000",
                "clients=-5 | clients=-5 | whole number",
                "clients=1.5 | clients=1.5 | whole number",
                "clients=many | clients=many | such as 3",
                // the default budget
                "budget=fleet: | fleet: | unknown part ''; write it as in fleet:clients=5000",
                "budget=fleet:clients=5, | 5, | whole number from 1 to 10000000",
                "budget=fleet:cleints=5 | cleints=5 | write it as in fleet:clients=5000",
                "budget=fleet:clients | fleet:clients | unknown part 'clients'",
                "budget=fleet:clients=0 | budget=fleet:clients=0 | whole number from 1 to 10000000",
                "budget=fleet:clients=10000001 | budget=fleet:clients=10000001 | whole number from 1 to 10000000",
                "budget=fleat | fleat | use one of the forms fleet, 10%",
                "clients=5000 budget=10% | clients=5000 | no effect with budget=10%",
                "clients=5000 budget=10% | clients=5000 | leave it out, or use budget=fleet",
                "clients=5000 preset=course | clients=5000 | no effect with budget=10%",
                "clients=5000 budget=fleet:clients=5000 | clients=5000 | contradicts budget=fleet:clients=5000; leave one of them out",
                "clients=5000 clients=6000 | clients | given twice",
                "on.503.clients=5 | clients | use one of max-attempts",
                // units
                "base-delay=100 | base-delay=100 | the unit is missing",
                "base-delay=100 | base-delay=100 | such as 100ms",
                "base-delay=100sec | base-delay=100sec | unknown unit 'sec'",
                "base-delay=100MS | base-delay=100MS | unknown unit 'MS'",
                "base-delay=ms | base-delay=ms | such as 100ms, 1.5s or 2m",
                "base-delay=-1ms | base-delay=-1ms | a duration is not negative, such as 100ms, 1.5s or 2m",
                "base-delay=1..5s | base-delay=1..5s | such as 100ms, 1.5s or 2m",
                "base-delay=0.5ns | base-delay=0.5ns | smaller than a nanosecond",
                "base-delay=9999999999h | base-delay=9999999999h | 2400h",
                "base-delay=9223372036854775807ns | base-delay=9223372036854775807ns | longest duration is a hundred days",
                "base-delay=99999999999999999999999h | 99999999999999999999999h | longest duration is a hundred days",
                "base-delay=0 | base-delay=0 | the unit is missing; write ns, us, ms, s, m, h or d, such as 0ms",
                "total-timeout=0 | total-timeout=0 | at least a microsecond; to have none, write total-timeout=off",
                "total-timeout=0.0 | total-timeout=0.0 | at least a microsecond; to have none",
                "attempt-timeout=00 | attempt-timeout=00 | at least a microsecond; to have none, leave it out",
                "total-timeout=30 | total-timeout=30 | the unit is missing",
                "total-timeout=0ms | total-timeout=0ms | at least a microsecond; to have none, write total-timeout=off",
                "attempt-timeout=999ns | attempt-timeout=999ns | at least a microsecond; to have none, leave it out",
                // errors
                "retry-on=nope! | nope! | names no error",
                "retry-on=503,,504 | retry-on= | names no error",
                "stop-on=java..io | java..io | names no error",
                "stop-on=6xx | 6xx | names no error",
                "retry-on=sqlstate: | sqlstate: | two to five digits and capitals",
                "retry-on=sqlstate:4 | sqlstate:4 | such as sqlstate:08",
                "retry-on=sqlstate:400011 | sqlstate:400011 | two to five digits",
                "stop-on=sqlstate:40p01 | sqlstate:40p01 | two to five digits and capitals",
                "retry-on=sqlcode: | sqlcode: | is a number, such as sqlcode:1205",
                "retry-on=sqlcode:12o5 | sqlcode:12o5 | a vendor's code",
                "retry-on=sqlcode:01205 | sqlcode:01205 | a vendor's code",
                "stop-on=sqlcode:99999999999 | sqlcode:99999999999 | a vendor's code",
                "retry-on=grpc:UNAVAILABEL | grpc:UNAVAILABEL | did you mean 'grpc:UNAVAILABLE'?",
                "retry-on=grpc:OK | grpc:OK | no gRPC code of a failure",
                "on.grpc:unavailable.max-attempts=3 | grpc:unavailable | use one of grpc:CANCELLED",
                "retry-on=java.lang.Error | java.lang.Error | never retried; leave it out",
                "retry-on=timeout,java.lang.AssertionError | java.lang.AssertionError | never retried",
                "retry-on=java.lang.OutOfMemoryError | java.lang.OutOfMemoryError | never retried",
                "retry-on=java.lang.InterruptedException | java.lang.InterruptedException | never retried",
                "retry-on=java.nio.channels.ClosedByInterruptException | ClosedByInterruptException | never retried",
                "retry-on=java.util.concurrent.CancellationException | CancellationException | never retried",
                "retry-on=cancelled | cancelled | never retried",
                "retry-on=interrupted | interrupted | never retried",
                "retry-on=503 stop-on=503 | 503 | leave one of them out",
                // contradictions
                "max-attempts=3 max-retries=2 | max-retries | leave one of them out",
                "on.503.max-attempts=3 on.503.max-retries=2 | on.503.max-retries | leave one of them out",
                "unbounded=why max-attempts=3 | unbounded | leave one of them out",
                "unbounded=why max-retries=3 | unbounded | leave one of them out",
                "base-delay=2s max-delay=1s | base-delay=2s | longer than max-delay 1s",
                "on.503.base-delay=2s on.503.max-delay=1s | on.503.base-delay=2s | longer than max-delay 1s",
                "base-delay=30s total-timeout=30s | base-delay=30s | total-timeout 30s",
                "on.503.base-delay=30s total-timeout=30s | on.503.base-delay=30s | total-timeout 30s",
                "attempt-timeout=31s total-timeout=30s | attempt-timeout=31s | total-timeout 30s",
                "backoff=immediate jitter=full | jitter=full | backoff=immediate",
                "backoff=immediate base-delay=1s | base-delay=1s | backoff=immediate",
                "backoff=immediate max-delay=1s | max-delay=1s | backoff=immediate",
                "backoff=decorrelated jitter=none | jitter=none | backoff=decorrelated",
                "backoff=decorrelated jitter=full | jitter=full | backoff=decorrelated",
                "backoff=decorrelated base-delay=0ms | base-delay=0ms | decorrelated",
                "backoff=fixed multiplier=2 | multiplier=2 | backoff=fixed",
                "backoff=exponential increment=1s | increment=1s | backoff=exponential",
                "retry-after=ignore retry-after-limit=1s | retry-after-limit=1s | leave one of them out",
                // the shape of the text
                "max-attempts | max-attempts | expected key=value",
                "max-attempts =3 | max-attempts | no space around '='",
                "=3 | '' | expected key=value",
                "max-attempts= | max-attempts | value is missing",
                "max-attempts=3 max-attempts=3 | max-attempts | given twice",
                "unbounded=\"open | unbounded | closing quote",
                "unbounded=\"a\"b | unbounded | space after the closing quote",
                "unbounded=\" \" | unbounded | reason",
            })
    void parse_ofWhatIsWrong_isRefusedWithValueAndRule(String text, String value, String rule) {
        assertThatThrownBy(() -> RetryPolicy.parse(text))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(value)
                .hasMessageContaining(rule);
    }

    @Test
    void build_ofWhatIsWrong_isRefusedWithValueAndRule() {
        assertRefused(RetryPolicy.builder().maxAttempts(0), "max-attempts=0");
        assertRefused(RetryPolicy.builder().multiplier(Double.NaN), "multiplier=NaN");
        assertRefused(RetryPolicy.builder().multiplier(0.5), "multiplier=0.5");
        assertRefused(RetryPolicy.builder().totalTimeout(Duration.ZERO), "total-timeout=0ms");
        assertRefused(RetryPolicy.builder().clients(0), "clients=0: expected a whole number from 1 to 10000000");
        assertRefused(RetryPolicy.builder().clients(-1), "clients=-1");
        assertRefused(
                RetryPolicy.builder().budget(new GrpcSpec(10, 0.1)).clients(7),
                "clients=7: has no effect with budget=grpc:10/0.1");
        assertRefused(
                RetryPolicy.builder().budget(FleetSpec.DEFAULT.withClients(7)).clients(7),
                "clients=7: contradicts budget=fleet:clients=7");
        assertRefused(
                RetryPolicy.builder().baseDelay(Duration.ofDays(1_000_000)),
                "base-delay=24000000h: the longest duration is a hundred days, 2400h");
        assertRefused(
                RetryPolicy.builder().backoff((attempt, roll) -> 1).baseDelay(Duration.ofSeconds(1)), "base-delay=1s");
        assertRefused(
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).retryOn("503"), "retry-on");
        assertRefused(
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).stopOn("503"), "stop-on");
        assertRefused(
                RetryPolicy.builder()
                        .classifier(outcome -> Verdict.accept())
                        .retryOnResult(String.class, String::isEmpty),
                "retryOnResult");
        assertRefused(
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).build().toBuilder()
                        .retryOn("503"),
                "made from one whose classifier");
        for (Class<? extends Throwable> never : List.of(
                AssertionError.class, OwnError.class, InterruptedException.class, CancellationException.class)) {
            assertThatThrownBy(() -> RetryPolicy.builder().retryOn(never))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("retry-on=" + never.getName() + ": can have no effect")
                    .hasMessageContaining("leave it out");
        }
        assertThatThrownBy(() -> RetryPolicy.builder().baseDelay(Duration.ofMillis(-1)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("base-delay=-1ms: a duration is not negative");
    }

    private static final class OwnError extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static void assertRefused(RetryPolicyBuilder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(message);
    }

    @Test
    void parse_ofValuesThatWereNotBothGiven_doesNotRefuseThem() {
        for (String text : List.of(
                "base-delay=1h",
                "max-delay=1ms",
                "total-timeout=1ms",
                "attempt-timeout=1h",
                "backoff=immediate",
                "backoff=decorrelated",
                "preset=course base-delay=1h",
                "preset=course attempt-timeout=1h",
                "preset=aws-standard-2.1 retry-after=ignore",
                "preset=course on.timeout.max-retries=2",
                "on.timeout.base-delay=1m",
                "retry-after-limit=1h total-timeout=1s",
                "stop-on=java.lang.Error,cancelled,java.lang.InterruptedException",
                "retry-on=java.io.InterruptedIOException,java.sql.SQLException,java.lang.NoSuchThing",
                "retry-on=sqlstate:08,sqlstate:40P01,grpc:ABORTED stop-on=grpc:CANCELLED")) {
            assertThatCode(() -> RetryPolicy.parse(text)).as(text).doesNotThrowAnyException();
        }
    }

    /** A message has the whole value, up to 200 characters, also where a part of it is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-on=503,nope!,504 | retry-on=503,nope!,504: 'nope!' names no error",
                "stop-on=404,sqlstate:4 | stop-on=404,sqlstate:4: 'sqlstate:4' an SQLState is",
                "retry-on=503,java.lang.Error | retry-on=503,java.lang.Error: 'java.lang.Error' can have no effect",
                "budget=success:0.5/x/10 | budget=success:0.5/x/10: 'x' expected a decimal number",
                "budget=fleet:clients=0 | budget=fleet:clients=0: '0' expected a whole number",
                "budget=grpc:10/x | budget=grpc:10/x: 'x' expected",
                "budget=1x% | budget=1x%: '1x' expected",
                "jitter=proportional:x | jitter=proportional:x: 'x' expected",
                "budget-wait=30x/1000 | budget-wait=30x/1000: '30x' unknown unit",
                "budget-wait=30s/0 | budget-wait=30s/0: '0' expected a whole number",
                "acknowledge=no-jitter,foo | acknowledge=no-jitter,foo: 'foo' is the code of no warning",
                "budget-wait=30x | budget-wait=30x: unknown unit"
            })
    void partOfAValue_isNamedWithTheWholeValue(String policy, String message) {
        assertThatThrownBy(() -> RetryPolicy.parse(policy))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageStartingWith(message);
    }
}
