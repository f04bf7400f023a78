package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The warnings and the settings of a builder. */
class DurableRetryBuilderTest {

    private static List<String> warnings(RetryPolicy policy) {
        try (LogLines lines = LogLines.of("dev.respite.durable")) {
            DurableRetry.builder(TestStore.H2.emptied())
                    .task(PAYMENT, Retry.of(policy), (data, context) -> {})
                    .build()
                    .close();
            return lines.all().stream()
                    .filter(line -> line.startsWith("task 'payment': "))
                    .toList();
        }
    }

    @Test
    void build_withAPolicyThatGivesUpEarly_warnsOnce() {
        assertThat(warnings(RetryPolicy.parse("max-attempts=20 base-delay=50ms max-delay=1h total-timeout=7d")))
                .singleElement()
                .asString()
                .startsWith(
                        "task 'payment': gives-up-early: if every attempt fails at once, half of the calls give up within ")
                .contains("total timeout of 168h", "(policy: max-attempts=20 ");
    }

    @Test
    void build_withAPolicyThatNeverGivesUp_warnsOnce() {
        assertThat(warnings(RetryPolicy.parse("unbounded=x total-timeout=off")))
                .singleElement()
                .asString()
                .startsWith("task 'payment': gives-up-never: ");
    }

    /** The last one would call code of the user, for calls that are not made. */
    @ParameterizedTest
    @ValueSource(strings = {"max-attempts=unlimited max-delay=1h total-timeout=7d", "max-attempts=1", "code"})
    void build_withAnotherPolicy_warnsOfNothing(String policy) {
        assertThat(warnings(
                        policy.equals("code")
                                ? RetryPolicy.builder()
                                        .backoff((attempt, roll) -> {
                                            throw new AssertionError("called at build");
                                        })
                                        .build()
                                : RetryPolicy.parse(policy)))
                .isEmpty();
    }

    @Test
    void setting_outOfItsRange_isRejected() {
        DurableRetryBuilder builder = DurableRetry.builder(TestStore.H2.emptied());
        builder.threads(10_000).threads(1);
        for (int threads : new int[] {0, 10_001}) {
            assertThatThrownBy(() -> builder.threads(threads))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(threads + " threads: give 1 to 10000");
        }
        assertRange("poll interval", Duration.ofMillis(10), builder::pollInterval);
        assertRange("heartbeat", Duration.ofMillis(50), builder::heartbeat);
        assertRange("stop wait", Duration.ZERO, builder::stopWait);
        assertRange("park unknown tasks after", Duration.ofMillis(100), builder::parkUnknownTasksAfter);
        assertRange("dead letter retention", Duration.ofHours(1), builder::deadLetterRetention);
    }

    private static void assertRange(String setting, Duration least, Consumer<Duration> set) {
        Duration most = Duration.ofDays(3_650);
        set.accept(most);
        set.accept(least);
        for (Duration outside : List.of(least.minusNanos(1), most.plusNanos(1))) {
            assertThatThrownBy(() -> set.accept(outside))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(setting + " " + outside + ": it must be from " + least + " to " + most);
        }
    }

    @Test
    void settings_areThoseThatWereSet() {
        DurableRetryBuilder builder = DurableRetry.builder(TestStore.H2.emptied())
                .threads(1)
                .pollInterval(Duration.ofSeconds(2))
                .heartbeat(Duration.ofSeconds(3))
                .stopWait(Duration.ofSeconds(4))
                .parkUnknownTasksAfter(Duration.ofSeconds(5))
                .deadLetterRetention(Duration.ofHours(6));
        assertThat(builder.settings())
                .isEqualTo(new DurableSettings(
                        1,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        new DurableSettings.Waits(
                                Duration.ofSeconds(4), Duration.ofSeconds(5), Optional.of(Duration.ofHours(6)))));
    }

    @Test
    void task_ofANameThatWasAdded_isRejected() {
        DurableRetryBuilder builder = DurableRetry.builder(TestStore.H2.emptied())
                .task(PAYMENT, Retry.of(RetryPolicy.parse("max-attempts=1")), (data, context) -> {});
        assertThatThrownBy(() ->
                        builder.task(PAYMENT, Retry.of(RetryPolicy.parse("max-attempts=1")), (data, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task 'payment' was added twice: give each task a name of its own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1st",
                "a.b.c",
                "jobs.",
                "task; drop",
                "a23456789012345678901234567890123456789012345678901234567"
            })
    void table_ofANameThatIsNone_isRejected(String name) {
        DurableTables defaults = DurableTables.defaults();
        assertThatThrownBy(() -> new DurableTables(name, defaults.deadLetters()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("table name '" + name + "': use up to 56 letters");
        assertThatThrownBy(() -> new DurableTables(defaults.tasks(), name))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void inSchema_isTheSchemaOfEachTable() {
        DurableTables tables = DurableTables.inSchema("jobs");
        assertThat(List.of(tables.tasks(), tables.effects(), tables.deadLetters()))
                .containsExactly("jobs.respite_task", "jobs.respite_task_effect", "jobs.respite_dead_letter");
    }
}
