package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of the default budget, and of its number of clients in a policy. */
@Tag("cases")
class FleetSpecTest {

    private static final FleetSpec DEFAULT = FleetSpec.DEFAULT;
    private static final long HOUR = 3_600_000_000_000L;

    @Test
    void parse_ofFleet_isTheDefault() {
        assertThat(BudgetSpec.parse("fleet")).isEqualTo(DEFAULT).hasToString("fleet");
        assertThat(BudgetSpec.parse(
                        "fleet:tokens=0.5/20,overload=2/30/0.02/5s,ordinary=8/80/1/5s," + "fresh=8s/30s,deviations=8"))
                .isEqualTo(DEFAULT);
        assertThat(RetryPolicy.defaults().budget()).isEqualTo(DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fleet:clients=5000",
                "fleet:tokens=1/50",
                "fleet:overload=1/10/0.5/1s",
                "fleet:ordinary=0/0/0/1ms",
                "fleet:fresh=1s/24h",
                "fleet:deviations=2.5",
                "fleet:clients=1,tokens=0.25/1,overload=0/0/0.01/2s,ordinary=4/40/0.5/10s,fresh=1ms/1ms,deviations=1000"
            })
    void parse_ofEachPart_isTheInverseOfToString(String text) {
        assertThat(BudgetSpec.parse(text)).hasToString(text).isNotEqualTo(DEFAULT);
    }

    @Test
    void parse_ofOnePart_leavesTheOthersAtTheirDefaults() {
        assertThat(BudgetSpec.parse("fleet:clients=5000")).isEqualTo(DEFAULT.withClients(5_000));
        FleetSpec.Account account = new FleetSpec.Account(1, 10, 0.5, Duration.ofSeconds(1));
        assertThat(BudgetSpec.parse("fleet:overload=1/10/0.5/1s"))
                .isEqualTo(new FleetSpec(
                        OptionalInt.empty(), DEFAULT.tokens(), account, DEFAULT.ordinary(), DEFAULT.fresh(), 8));
        assertThat(BudgetSpec.parse("fleet:ordinary=1/10/0.5/1s"))
                .isEqualTo(new FleetSpec(
                        OptionalInt.empty(), DEFAULT.tokens(), DEFAULT.overload(), account, DEFAULT.fresh(), 8));
    }

    @Test
    void parse_ofPartsInAnyOrder_isTheSame() {
        assertThat(BudgetSpec.parse("fleet:deviations=9,tokens=1/2,clients=7"))
                .isEqualTo(BudgetSpec.parse("fleet:clients=7,tokens=1/2,deviations=9"));
    }

    @Property
    void parse_ofTheTextOfAnyFleet_isEqual(
            @ForAll @IntRange(min = 0, max = 10_000_000) int clients,
            @ForAll @Scale(6) @DoubleRange(min = 0.000_001, max = 1_000) double perSuccess,
            @ForAll @Scale(6) @DoubleRange(min = 1, max = 1_000_000) double burst,
            @ForAll @Scale(6) @DoubleRange(min = 0, max = 1_000) double credit,
            @ForAll @Scale(6) @DoubleRange(min = 0, max = 1_000_000) double fleetBurst,
            @ForAll @LongRange(min = 1_000_000, max = HOUR) long memory,
            @ForAll @LongRange(min = 1_000_000, max = 24 * HOUR) long idle,
            @ForAll @Scale(6) @DoubleRange(min = 1, max = 1_000) double deviations,
            @ForAll @IntRange(min = 0, max = 31) int given) {
        FleetSpec.Account account = new FleetSpec.Account(credit, fleetBurst, perSuccess, Duration.ofNanos(memory));
        FleetSpec fleet = new FleetSpec(
                clients == 0 ? OptionalInt.empty() : OptionalInt.of(clients),
                (given & 1) == 0 ? DEFAULT.tokens() : new FleetSpec.Funding(perSuccess, burst),
                (given & 2) == 0 ? DEFAULT.overload() : account,
                (given & 4) == 0 ? DEFAULT.ordinary() : account,
                (given & 8) == 0
                        ? DEFAULT.fresh()
                        : new FleetSpec.Fresh(Duration.ofNanos(memory), Duration.ofNanos(idle)),
                (given & 16) == 0 ? 8 : deviations);
        assertThat(BudgetSpec.parse(fleet.toString())).isEqualTo(fleet);
        RetryPolicy policy = RetryPolicy.builder().budget(fleet).build();
        assertThat(policy.budget()).isEqualTo(fleet);
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
    }

    @Test
    void numbersOutOfRange_areRefusedWithTheRange() {
        assertRefused(() -> DEFAULT.withClients(0), "clients 0: must be from 1 to 10000000");
        assertRefused(() -> DEFAULT.withClients(10_000_001), "clients 10000001");
        assertRefused(() -> new FleetSpec.Funding(0, 20), "tokens per success 0");
        assertRefused(() -> new FleetSpec.Funding(1, Double.NaN), "burst NaN");
        assertRefused(
                () -> new FleetSpec.Account(-1, 1, 1, Duration.ofSeconds(1)), "credit -1: must be from 0 to 1000");
        assertRefused(() -> new FleetSpec.Account(1, -1, 1, Duration.ofSeconds(1)), "fleet burst -1");
        assertRefused(() -> new FleetSpec.Account(1, 1, 1_001, Duration.ofSeconds(1)), "retries per success 1001");
        assertRefused(() -> new FleetSpec.Account(1, 1, 1, Duration.ZERO), "memory 0ms: must be from 1ms to 1h");
        assertRefused(() -> new FleetSpec.Account(1, 1, 1, Duration.ofMillis(-5)), "memory -5ms");
        assertRefused(() -> new FleetSpec.Fresh(Duration.ofHours(2), Duration.ofHours(2)), "memory 2h");
        assertRefused(
                () -> new FleetSpec.Fresh(Duration.ofSeconds(8), Duration.ofDays(2)),
                "idle 48h: must be from 1ms to 24h");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable make, String message) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void clients_ofAPolicy_areThoseOfItsBudget() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000");
        assertThat(policy.budget()).isEqualTo(DEFAULT.withClients(5_000));
        assertThat(policy).isEqualTo(RetryPolicy.parse("budget=fleet:clients=5000"));
        assertThat(policy).isEqualTo(RetryPolicy.builder().clients(5_000).build());
        assertThat(policy.toString()).endsWith(" budget=fleet clients=5000");
        assertThat(RetryPolicy.parse("clients=5 budget=fleet:tokens=1/50").budget())
                .hasToString("fleet:clients=5,tokens=1/50");
    }

    @Test
    void toBuilder_ofAPolicyWithClients_keepsThemWithTheBudget() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000 budget=fleet:tokens=1/50");
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
        assertThat(policy.toBuilder().maxAttempts(7).build().budget()).isEqualTo(policy.budget());
        assertThat(policy.toBuilder().clients(6).build().budget()).hasToString("fleet:clients=6,tokens=1/50");
        assertThat(policy.toBuilder().budget(DEFAULT.withClients(6)).build().budget())
                .hasToString("fleet:clients=6");
        assertThat(policy.toBuilder().budget(DEFAULT).build().budget())
                .as("the number of clients is one of the target's, and was not given anew")
                .hasToString("fleet:clients=5000");
    }

    @Test
    void inheritedClients_yieldToABudgetThatDoesNotDependOnThem() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000");
        RetryPolicy other = policy.toBuilder().budget(BudgetSpec.parse("10%")).build();
        assertThat(other.budget()).hasToString("10%");
        assertThat(other.toString()).doesNotContain("clients");
        assertThat(policy.toBuilder().preset("course").build().budget()).hasToString("10%");
    }

    @Test
    void clients_withAPresetThatHasAnotherBudget_areRefused_unlessTheBudgetIsGivenToo() {
        for (String preset : new String[] {"course", "aws-standard-2.0", "aws-standard-2.1", "grpc"}) {
            assertThatThrownBy(() -> RetryPolicy.parse("preset=" + preset + " clients=5"))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("clients=5: has no effect with budget=");
            assertThat(RetryPolicy.parse("preset=" + preset + " budget=fleet clients=5")
                            .budget())
                    .hasToString("fleet:clients=5");
        }
    }
}
