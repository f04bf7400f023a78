package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.torture.Bank.Books;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The oracle, fed with histories that must not be. */
class VerdictTest {

    private static final long MONEY = 1_000;
    private static final Books BEFORE = new Books(Map.of(), MONEY);

    private static Fate fate(int number) {
        return new Fate(new Transfer(number, 1, 2, 50, false), "key " + number);
    }

    private static Fate committedByItself(int number) {
        Fate fate = new Fate(new Transfer(number, 1, 2, 50, true), "key " + number);
        fate.unknown();
        return fate;
    }

    private static Fate done(int number) {
        Fate fate = fate(number);
        fate.done(receipt("a"));
        return fate;
    }

    private static Told receipt(String receipt) {
        return new Told(201, "text/plain", "/transfers/" + receipt, "moved 50, receipt " + receipt);
    }

    private static Verdict verdict(Map<Integer, Integer> rows, Fate... fates) {
        return Verdict.of(Arrays.asList(fates), BEFORE, new Books(rows, MONEY), Set.of());
    }

    @Test
    void eachDoneOnceAndToldAlike_isClean() {
        Fate replayed = done(0);
        replayed.done(receipt("a"));

        Verdict verdict = verdict(Map.of(0, 1, 1, 1), replayed, done(1));

        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.keys()).isEqualTo(2);
        assertThat(verdict.effects()).isEqualTo(2);
    }

    @Test
    void unknownAfterACommitOfItsOwn_hasExactlyOneRow() {
        Verdict clean = verdict(Map.of(0, 1), committedByItself(0));
        assertThat(clean.isClean()).isTrue();
        assertThat(clean.unknown()).isEqualTo(1);

        assertThat(verdict(Map.of(), committedByItself(0)).lost()).isEqualTo(1);
        assertThat(verdict(Map.of(0, 2), committedByItself(0)).duplicated()).isEqualTo(1);
    }

    @Test
    void twoRowsForOneKey_areADuplicate() {
        Verdict verdict = verdict(Map.of(0, 2, 1, 1), done(0), done(1));

        assertThat(verdict.duplicated()).isEqualTo(1);
        assertThat(verdict.effects()).isEqualTo(3);
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void successWithoutARow_isLostAndAcknowledged() {
        Verdict verdict = verdict(Map.of(1, 1), done(0), done(1));

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.acknowledgedButMissing()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
    }

    /** Whoever has asked again has made it run. */
    @Test
    void successWithoutARowAtFirst_wasAcknowledgedAllTheSame() {
        Verdict verdict =
                Verdict.of(List.of(done(0), done(1)), BEFORE, new Books(Map.of(0, 1, 1, 1), MONEY), Set.of(1));

        assertThat(verdict.acknowledgedButMissing()).isEqualTo(1);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void told_areThoseOfWhomASuccessWasTold() {
        assertThat(Verdict.told(List.of(done(0), fate(1), done(2)))).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void noAnswerAndNoRow_isLostButWasNotAcknowledged() {
        Verdict verdict = verdict(Map.of(), fate(0));

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.acknowledgedButMissing()).isZero();
        assertThat(verdict.unanswered()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void noAnswerThoughItWasDone_isNotClean() {
        assertThat(verdict(Map.of(0, 1), fate(0)).isClean()).isFalse();
    }

    @Test
    void refused_isNotCleanWhateverElseWasTold() {
        Fate fate = done(0);
        fate.refused();

        assertThat(verdict(Map.of(0, 1), fate).isClean()).isFalse();
    }

    @Test
    void replayThatDiffersByOneByte_isCounted() {
        Fate fate = done(0);
        fate.done(receipt("b"));
        fate.done(receipt("a"));

        Verdict verdict = verdict(Map.of(0, 1), fate);

        assertThat(verdict.replaysDiffering()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void replayWithAnotherStatusOrHeader_isCounted() {
        Fate fate = done(0);
        fate.done(new Told(200, "text/plain", "/transfers/a", "moved 50, receipt a"));
        fate.done(new Told(201, "text/html", "/transfers/a", "moved 50, receipt a"));
        fate.done(new Told(201, "text/plain", "", "moved 50, receipt a"));

        assertThat(verdict(Map.of(0, 1), fate).replaysDiffering()).isEqualTo(3);
    }

    @Test
    void unknown_isNeitherLostNorMissing_doneOrNot() {
        Fate without = fate(0);
        without.unknown();
        Fate with = fate(1);
        with.unknown();

        Verdict verdict = verdict(Map.of(1, 1), without, with);

        assertThat(verdict.unknown()).isEqualTo(2);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.isClean()).isTrue();
    }

    @Test
    void unknownAndRunTwice_isADuplicate() {
        Fate fate = fate(0);
        fate.unknown();

        assertThat(verdict(Map.of(0, 2), fate).duplicated()).isEqualTo(1);
    }

    @Test
    void unknownAtFirstAndThenTold_isDone() {
        Fate fate = fate(0);
        fate.unknown();
        fate.done(receipt("a"));
        fate.unknown();

        Verdict verdict = verdict(Map.of(), fate);

        assertThat(verdict.unknown()).isZero();
        assertThat(verdict.acknowledgedButMissing()).isEqualTo(1);
    }

    @Test
    void rowThatNobodyHasAskedFor_isNotClean() {
        Verdict verdict = verdict(Map.of(0, 1, 7, 1), done(0));

        assertThat(verdict.strays()).isEqualTo(1);
        assertThat(verdict.isClean()).isFalse();
    }

    @Test
    void moneyMadeOrBurnt_isNotClean() {
        for (long after : new long[] {MONEY - 1, MONEY + 1}) {
            Verdict verdict = Verdict.of(List.of(done(0)), BEFORE, new Books(Map.of(0, 1), after), Set.of());
            assertThat(verdict.isClean()).isFalse();
        }
    }
}
