package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import dev.respite.torture.run.TransferOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The consistency check, with histories that contain one fault each. */
class ConsistencyCheckTest {

    private static final long MONEY = 1_000;
    private static final LedgerSnapshot BEFORE = new LedgerSnapshot(Map.of(), MONEY);

    private static TransferOutcome outcome(int number) {
        return new TransferOutcome(new TransferOrder(number, 1, 2, 50, false), "key " + number);
    }

    private static TransferOutcome committedByItself(int number) {
        TransferOutcome outcome = new TransferOutcome(new TransferOrder(number, 1, 2, 50, true), "key " + number);
        outcome.recordUnknown();
        return outcome;
    }

    private static TransferOutcome unknown(int number) {
        TransferOutcome outcome = outcome(number);
        outcome.recordUnknown();
        return outcome;
    }

    private static TransferOutcome done(int number) {
        TransferOutcome outcome = outcome(number);
        outcome.recordSuccess(receipt("a"));
        return outcome;
    }

    private static ClientResponse receipt(String receipt) {
        return new ClientResponse(201, "text/plain", "/transfers/" + receipt, "moved 50, receipt " + receipt);
    }

    private static Findings check(Map<Integer, Integer> rows, TransferOutcome... outcomes) {
        return ConsistencyCheck.of(
                Arrays.asList(outcomes), BEFORE, new LedgerSnapshot(rows, MONEY), Set.of(), Set.of());
    }

    @Test
    void check_eachTransferOnceAndSameReplay_isClean() {
        TransferOutcome replayed = done(0);
        replayed.recordSuccess(receipt("a"));

        Findings result = check(Map.of(0, 1, 1, 1), replayed, done(1));

        assertThat(result.isClean()).isTrue();
        assertThat(result.figure("keys")).isEqualTo(2);
        assertThat(result.figure("effects")).isEqualTo(2);
    }

    @Test
    void check_unknownAfterOwnCommit_requiresExactlyOneRow() {
        Findings clean = check(Map.of(0, 1), committedByItself(0));
        assertThat(clean.isClean()).isTrue();
        assertThat(clean.figure("unknown")).isEqualTo(1);

        assertThat(check(Map.of(), committedByItself(0)).figure("lost")).isEqualTo(1);
        assertThat(check(Map.of(0, 2), committedByItself(0)).figure("duplicated"))
                .isEqualTo(1);
    }

    @Test
    void check_twoRowsForOneKey_isDuplicate() {
        Findings result = check(Map.of(0, 2, 1, 1), done(0), done(1));

        assertThat(result.figure("duplicated")).isEqualTo(1);
        assertThat(result.figure("effects")).isEqualTo(3);
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void check_successWithoutRow_isLostAndAcknowledged() {
        Findings result = check(Map.of(1, 1), done(0), done(1));

        assertThat(result.figure("lost")).isEqualTo(1);
        assertThat(result.figure("acknowledgedButMissing")).isEqualTo(1);
        assertThat(result.isClean()).isFalse();
    }

    /** Sending the transfer again has executed it. */
    @Test
    void check_successWithoutRowAtFirst_isAcknowledgedButMissing() {
        Findings result = ConsistencyCheck.of(
                List.of(done(0), done(1)), BEFORE, new LedgerSnapshot(Map.of(0, 1, 1, 1), MONEY), Set.of(1), Set.of());

        assertThat(result.figure("acknowledgedButMissing")).isEqualTo(1);
        assertThat(result.figure("lost")).isZero();
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void acknowledged_returnsSucceededTransfers() {
        assertThat(ConsistencyCheck.acknowledged(List.of(done(0), outcome(1), done(2))))
                .containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void check_noResponseAndNoRow_isLostButNotAcknowledged() {
        Findings result = check(Map.of(), outcome(0));

        assertThat(result.figure("lost")).isEqualTo(1);
        assertThat(result.figure("acknowledgedButMissing")).isZero();
        assertThat(result.figure("unresolved")).isEqualTo(1);
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void check_noResponseWithRow_isNotClean() {
        assertThat(check(Map.of(0, 1), outcome(0)).isClean()).isFalse();
    }

    @Test
    void check_rejectedAfterSuccess_isNotClean() {
        TransferOutcome outcome = done(0);
        outcome.recordRejection();

        assertThat(check(Map.of(0, 1), outcome).isClean()).isFalse();
    }

    @Test
    void check_replayWithOtherBody_isCounted() {
        TransferOutcome outcome = done(0);
        outcome.recordSuccess(receipt("b"));
        outcome.recordSuccess(receipt("a"));

        Findings result = check(Map.of(0, 1), outcome);

        assertThat(result.figure("replaysDiffering")).isEqualTo(1);
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void check_replayWithOtherStatusOrHeader_isCounted() {
        TransferOutcome outcome = done(0);
        outcome.recordSuccess(new ClientResponse(200, "text/plain", "/transfers/a", "moved 50, receipt a"));
        outcome.recordSuccess(new ClientResponse(201, "text/html", "/transfers/a", "moved 50, receipt a"));
        outcome.recordSuccess(new ClientResponse(201, "text/plain", "", "moved 50, receipt a"));

        assertThat(check(Map.of(0, 1), outcome).figure("replaysDiffering")).isEqualTo(3);
    }

    @Test
    void check_unknown_isCountedAsByKillIfItsEffectHadBegun() {
        Findings result = ConsistencyCheck.of(
                List.of(unknown(0), unknown(1), done(2)),
                BEFORE,
                new LedgerSnapshot(Map.of(2, 1), MONEY),
                Set.of(),
                Set.of(0, 2));

        assertThat(result.figure("unknown")).isEqualTo(2);
        assertThat(result.figure("unknownByKill")).isEqualTo(1);
        assertThat(result.isClean()).isTrue();
    }

    @Test
    void check_unknown_isNeitherLostNorMissing() {
        Findings result = check(Map.of(1, 1), unknown(0), unknown(1));

        assertThat(result.figure("unknown")).isEqualTo(2);
        assertThat(result.figure("lost")).isZero();
        assertThat(result.isClean()).isTrue();
    }

    @Test
    void check_unknownWithTwoRows_isDuplicate() {
        assertThat(check(Map.of(0, 2), unknown(0)).figure("duplicated")).isEqualTo(1);
    }

    @Test
    void check_successAfterUnknown_isSucceeded() {
        TransferOutcome outcome = unknown(0);
        outcome.recordSuccess(receipt("a"));
        outcome.recordUnknown();

        Findings result = check(Map.of(), outcome);

        assertThat(result.figure("unknown")).isZero();
        assertThat(result.figure("acknowledgedButMissing")).isEqualTo(1);
    }

    @Test
    void check_rowOfUnknownTransfer_isNotClean() {
        Findings result = check(Map.of(0, 1, 7, 1), done(0));

        assertThat(result.figure("unexpectedEffects")).isEqualTo(1);
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void check_totalMoneyChanged_isNotClean() {
        for (long after : new long[] {MONEY - 1, MONEY + 1}) {
            Findings result = ConsistencyCheck.of(
                    List.of(done(0)), BEFORE, new LedgerSnapshot(Map.of(0, 1), after), Set.of(), Set.of());
            assertThat(result.isClean()).isFalse();
        }
    }
}
