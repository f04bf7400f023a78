package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultScriptTest {

    @Test
    void percent_ofAllFaults_is100() {
        assertThat(Arrays.stream(TransferFault.values())
                        .mapToInt(TransferFault::percent)
                        .sum())
                .isEqualTo(100);
    }

    @Test
    void fault_manyDraws_haveTheirPercentages() {
        FaultScript script = new FaultScript(42, true);
        Map<TransferFault, Integer> counts = new EnumMap<>(TransferFault.class);
        int draws = 100_000;
        for (int transfer = 0; transfer < draws; transfer++) {
            counts.merge(script.fault(transfer, 1 + transfer % (FaultScript.SERVED_EVERY - 1)), 1, Integer::sum);
        }
        counts.forEach((fault, count) -> assertThat(100.0 * count / draws)
                .as(fault.toString())
                .isBetween(fault.percent() - 0.5, fault.percent() + 0.5));
    }

    @Test
    void fault_sameSeed_isTheSame() {
        for (int transfer = 0; transfer < 100; transfer++) {
            assertThat(new FaultScript(7, true).fault(transfer, 2))
                    .isEqualTo(new FaultScript(7, true).fault(transfer, 2));
            assertThat(new FaultScript(7, true).transfer(transfer))
                    .isEqualTo(new FaultScript(7, true).transfer(transfer));
        }
    }

    @Test
    void fault_consecutive_isFewerThanAttemptsOfPolicy() {
        int attempts = ClientStrategy.POLICY.limits().maxAttempts();
        for (long seed = 0; seed < 200; seed++) {
            FaultScript script = new FaultScript(seed, true);
            for (int transfer = 0; transfer < 300; transfer++) {
                boolean served = false;
                for (int attempt = 1; attempt < attempts; attempt++) {
                    served |= script.fault(transfer, attempt) == TransferFault.NONE;
                }
                assertThat(served).isTrue();
            }
        }
    }

    @Test
    void transfer_anyNumber_hasTwoAccounts() {
        for (int number = 0; number < 1_000; number++) {
            Transfer transfer = new FaultScript(3, true).transfer(number);
            assertThat(transfer.from()).isBetween(0, Ledger.ACCOUNTS - 1).isNotEqualTo(transfer.to());
            assertThat(transfer.to()).isBetween(0, Ledger.ACCOUNTS - 1);
            assertThat(transfer.amount()).isBetween(1, 100);
            assertThat(Transfer.of(transfer.path(), transfer.body())).isEqualTo(transfer);
        }
    }
}
